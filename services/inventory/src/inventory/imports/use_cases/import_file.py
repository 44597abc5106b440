"""An import from its first batch to its report: an edge, like a route, since each batch is its own transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
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
from inventory.imports.use_cases.pace import Pace
from inventory.sites.repository import currency_of

READERS: dict[str, Callable[[BinaryIO, str | None], Iterator[Row]]] = {
    "text/csv": read_csv,
    "application/x-ndjson": lambda file, _: read_json_lines(file),
}
"""How each content type is read: with the currency of amounts that have none."""

BATCH_VARIANTS = 100
"""What one transaction writes, and therefore how many stock rows it keeps from holds; a product with more is one."""
ATTEMPTS = 8
_WAIT_SECONDS = 0.5
IN_THE_WAY = (TimeoutError, asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
"""No connection was free, or others kept their locks, for two seconds; the batch again changes nothing twice."""


async def import_file(
    database: Database,
    company_id: UUID,
    file: BinaryIO,
    content_type: str,
    progress: Callable[[Report], None] = lambda report: None,
    pace: Pace | None = None,
    begin: Callable[[], Awaitable[None]] | None = None,
    currency: str | None = None,
) -> Report:
    """Bring a file into the company's catalogue, in batches; memory does not grow with the file.

    Shoppers come first: a batch is a short transaction, and after each one the import gives way (`Pace`). What was
    written stays written when a later batch fails, and the same file may be sent again. `progress` is called after
    every batch, `begin` once the file can be read, before anything is written.
    `currency` is that of a Shopify file's prices; else the company's first site's.
    Raises ValidationFailed422 for a CSV header that is none, before anything is written.
    """
    pace = pace or Pace(database)
    report = Report()
    if currency is None:
        async with pace.unit(company_id) as unit:
            currency = await currency_of(unit, None)
    batches = _batches(await asyncio.to_thread(READERS[content_type], file, currency))
    if begin is not None:
        await begin()
    while True:
        batch = await asyncio.to_thread(next, batches, None)
        if batch is None:
            return report
        await _import_batch(pace, company_id, batch, report)
        progress(report)
        await pace.rest()


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in groups of bounded size, in which no two name the same thing."""
    batch: list[Row] = []
    seen: set[tuple[str, object]] = set()
    variants = 0
    for row in rows:
        named = set(keys(row.draft)) if row.draft else set()
        is_full = variants + max(len(row.lines), 1) > BATCH_VARIANTS
        if batch and (is_full or seen & named):
            yield batch
            batch, seen, variants = [], set(), 0
        batch.append(row)
        seen |= named
        variants += max(len(row.lines), 1)
    if batch:
        yield batch


async def _import_batch(pace: Pace, company_id: UUID, batch: list[Row], report: Report) -> None:
    drafts = [row.draft for row in batch if row.draft]
    outcomes = iter(await _write(pace, company_id, drafts) if drafts else ())
    for row in batch:
        if row.draft is None:
            report.reject(row.errors)
            continue
        plan = next(outcomes)
        if plan.faults:
            report.reject(tuple(_error(row, fault) for fault in plan.faults))
        else:
            report.count(plan.outcome)


async def _write(pace: Pace, company_id: UUID, drafts: list[ProductDraft]) -> list[Plan]:
    """Write a batch in one transaction; where others are in its way it is tried again, up to ATTEMPTS times in all."""
    for left in reversed(range(ATTEMPTS)):
        try:
            async with pace.unit(company_id) as unit:
                return await import_products(unit, drafts)
        except IN_THE_WAY:
            if not left:
                raise
            await asyncio.sleep(_WAIT_SECONDS)
    raise AssertionError("the last attempt ends with plans or an error")


def _error(row: Row, fault: Fault) -> RowError:
    """The fault at the line that it is about."""
    if fault.variant is None:
        return RowError(row.line, fault.field, fault.message)
    field = row.variant_field.format(index=fault.variant, field=fault.field)
    return RowError(row.lines[fault.variant], field, fault.message)
