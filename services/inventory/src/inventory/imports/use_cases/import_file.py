"""An import from its first batch to its report: an edge, like a route, since each batch is its own transaction."""

import asyncio
from collections.abc import Callable, Iterator
from typing import BinaryIO
from uuid import UUID

from servicekit.db import Database

from inventory.imports.domain.plan import Fault, keys
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

BATCH_PRODUCTS = 500
BATCH_VARIANTS = 2_000


async def import_file(
    database: Database,
    company_id: UUID,
    file: BinaryIO,
    content_type: str,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Bring a file into the company's catalogue, in batches; memory does not grow with the file.

    What was written stays written when a later batch fails, and the same file may be sent again. `progress` is called
    after every batch. Raises ValidationFailed422 for a CSV header that is none, before anything is written.
    """
    report = Report()
    batches = _batches(await asyncio.to_thread(READERS[content_type], file))
    while batch := await asyncio.to_thread(next, batches, None):
        await _import_batch(database, company_id, batch, report)
        progress(report)
    return report


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows in groups of bounded size, in which no two name the same thing."""
    batch: list[Row] = []
    seen: set[tuple[str, object]] = set()
    variants = 0
    for row in rows:
        named = set(keys(row.draft)) if row.draft else set()
        if batch and (len(batch) >= BATCH_PRODUCTS or variants >= BATCH_VARIANTS or seen & named):
            yield batch
            batch, seen, variants = [], set(), 0
        batch.append(row)
        seen |= named
        variants += len(row.lines)
    if batch:
        yield batch


async def _import_batch(database: Database, company_id: UUID, batch: list[Row], report: Report) -> None:
    valid = [(row, row.draft) for row in batch if row.draft]
    if valid:
        async with database.unit(company_id) as unit:
            plans = await import_products(unit, [draft for _, draft in valid])
    else:
        plans = []
    outcomes = iter(plans)
    for row in batch:
        if row.draft is None:
            report.reject(row.errors)
            continue
        plan = next(outcomes)
        if plan.faults:
            report.reject(tuple(_error(row, fault) for fault in plan.faults))
        else:
            report.count(plan.outcome)


def _error(row: Row, fault: Fault) -> RowError:
    """The fault at the line that it is about."""
    if fault.variant is None:
        return RowError(row.line, fault.field, fault.message)
    field = row.variant_field.format(index=fault.variant, field=fault.field)
    return RowError(row.lines[fault.variant], field, fault.message)
