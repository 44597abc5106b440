"""An import from its first batch to its report: an edge, like a route, since each batch is its own transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter
from typing import BinaryIO
from uuid import UUID

import asyncpg
from servicekit.db import Database

from inventory.catalogue.domain import ProductDraft
from inventory.imports.domain.plan import Fault, Plan, keys
from inventory.imports.domain.report import Report, RowError
from inventory.imports.readers.csv_file import read_csv
from inventory.imports.readers.json_lines import read_json_lines
from inventory.imports.row_schemas import Row
from inventory.imports.service import import_products

READERS: dict[str, Callable[[BinaryIO], Iterator[Row]]] = {
    "text/csv": read_csv,
    "application/x-ndjson": read_json_lines,
}
"""How each content type is read."""

BATCH_PRODUCTS = 25
BATCH_VARIANTS = 100
"""What one transaction writes, and therefore how many stock rows it keeps from holds; a product with more is one."""
LONGEST_REST_SECONDS = 2.0
_GLANCE_SECONDS = 0.02
ATTEMPTS = 8
IN_THE_WAY = (TimeoutError, asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
"""No connection was free, or others kept their locks, for two seconds; the batch again changes nothing twice."""


async def rest(database: Database, worked: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Leave process and database to others for as long as the last batch worked, and while requests wait for them.

    An import has half of what there is at most, and nothing while every connection is in use, for two seconds at most:
    it goes on under any load. Seconds.
    """
    rested = min(worked, LONGEST_REST_SECONDS)
    await sleep(rested)
    while database.is_busy and rested < LONGEST_REST_SECONDS:
        await sleep(_GLANCE_SECONDS)
        rested += _GLANCE_SECONDS


async def import_file(
    database: Database,
    company_id: UUID,
    file: BinaryIO,
    content_type: str,
    progress: Callable[[Report], None] = lambda report: None,
    give_way: Callable[[Database, float], Awaitable[None]] = rest,
) -> Report:
    """Bring a file into the company's catalogue, in batches; memory does not grow with the file.

    Shoppers come first: a batch is a short transaction, and after each one the import gives way. What was written
    stays written when a later batch fails, and the same file may be sent again. `progress` is called after every batch.
    Raises ValidationFailed422 for a CSV header that is none, before anything is written.
    """
    report = Report()
    batches = _batches(await asyncio.to_thread(READERS[content_type], file))
    while True:
        began = perf_counter()
        batch = await asyncio.to_thread(next, batches, None)
        if batch is None:
            return report
        await _import_batch(database, company_id, batch, report)
        progress(report)
        await give_way(database, perf_counter() - began)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in groups of bounded size, in which no two name the same thing."""
    batch: list[Row] = []
    seen: set[tuple[str, object]] = set()
    variants = 0
    for row in rows:
        named = set(keys(row.draft)) if row.draft else set()
        is_full = len(batch) >= BATCH_PRODUCTS or variants + len(row.lines) > BATCH_VARIANTS
        if batch and (is_full or seen & named):
            yield batch
            batch, seen, variants = [], set(), 0
        batch.append(row)
        seen |= named
        variants += len(row.lines)
    if batch:
        yield batch


async def _import_batch(database: Database, company_id: UUID, batch: list[Row], report: Report) -> None:
    drafts = [row.draft for row in batch if row.draft]
    outcomes = iter(await _write(database, company_id, drafts) if drafts else ())
    for row in batch:
        if row.draft is None:
            report.reject(row.errors)
            continue
        plan = next(outcomes)
        if plan.faults:
            report.reject(tuple(_error(row, fault) for fault in plan.faults))
        else:
            report.count(plan.outcome)


async def _write(database: Database, company_id: UUID, drafts: list[ProductDraft]) -> list[Plan]:
    """Write a batch in one transaction; where others are in its way it is tried again, up to ATTEMPTS times in all."""
    for left in reversed(range(ATTEMPTS)):
        try:
            async with database.unit(company_id) as unit:
                return await import_products(unit, drafts)
        except IN_THE_WAY:
            if not left:
                raise
            await asyncio.sleep(LONGEST_REST_SECONDS / 4)
    raise AssertionError("the last attempt ends with plans or an error")


def _error(row: Row, fault: Fault) -> RowError:
    """The fault at the line that it is about."""
    if fault.variant is None:
        return RowError(row.line, fault.field, fault.message)
    field = row.variant_field.format(index=fault.variant, field=fault.field)
    return RowError(row.lines[fault.variant], field, fault.message)
