"""What staff read: one cart, wherever it is, and carts in numbers, which are kept."""

from datetime import datetime
from uuid import UUID

from prometheus_client import Gauge
from servicekit.db import Database, TenantUnit
from servicekit.http.answers import Answer
from servicekit.jobs.job import JobContext, JobResult

from cart import errors
from cart.archive.use_cases.read_archived_cart import ArchiveReader
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import CartReader
from cart.staff import repository
from cart.staff.domain import TimelineEntry

BATCH = 10_000
"""Noted changes of counts that one transaction adds up."""

CARTS = Gauge("carts_active", "Carts that are ACTIVE and have lines, at the last run of ActiveCartCount", ("currency",))
VALUE = Gauge(
    "carts_active_value_minor_units",
    "What they come to together, in minor units of the currency; divided by carts_active it is their average",
    ("currency",),
)


async def read_cart(
    unit: TenantUnit, reader: CartReader, archive: ArchiveReader, cart_id: UUID, now: datetime, *, explained: bool
) -> Answer:
    """The cart as its shopper sees it, or as it was ordered; raises CartNotFound, and what the archive does."""
    try:
        return (await reader.read(unit, Selector.by_id(cart_id), now, explained=explained))[0]
    except errors.CartNotFound:
        return await archive.read(unit, cart_id, explained=explained)


async def timeline(
    unit: TenantUnit, archive: ArchiveReader, cart_id: UUID, before: UUID | None, limit: int
) -> list[TimelineEntry]:
    """Entries of the cart's timeline, the newest first; raises CartNotFound, and what the archive does."""
    found = await repository.timeline(unit, cart_id, before, limit)
    if found or await repository.exists(unit, cart_id):
        return found
    archived = [TimelineEntry(**entry) for entry in await archive.timeline(unit, cart_id)]
    return [entry for entry in archived if before is None or entry.id < before][:limit]


async def fold_counts(database: Database, *, dry_run: bool, batch: int = BATCH) -> int:
    """Add every change of counts that is noted to what is kept; how many there were.

    Any number of runners may share it. What `repository.counts` answers is the same before, meanwhile and afterwards:
    only its cost grows while nobody folds.
    """
    if dry_run:
        async with database.system_unit() as unit:
            return await repository.count_noted(unit)
    total, folded = 0, batch
    while folded == batch:
        async with database.system_unit() as unit:
            folded = await repository.fold_counts(unit, batch)
        total += folded
    return total


async def count_active_carts(context: JobContext) -> JobResult:
    """Measure how many carts are being filled and what they come to; a currency that has none any more is left out."""
    async with context.database.system_unit() as unit:
        found = await repository.active_by_currency(unit)
    CARTS.clear()
    VALUE.clear()
    for currency, carts, value in found:
        CARTS.labels(currency).set(carts)
        VALUE.labels(currency).set(value)
    return JobResult(0, {"active": sum(carts for _, carts, _ in found)})
