"""What staff read of one cart, wherever it is: in the database, or in the archive."""

from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.archive.use_cases.read_archived_cart import ArchiveReader
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import CartReader
from cart.staff import repository
from cart.staff.domain import TimelineEntry


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
