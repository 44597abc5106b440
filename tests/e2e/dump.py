"""Everything that the services keep about one company, in a form that two moments can be compared in."""

import asyncio
from collections.abc import Collection
from uuid import UUID

import asyncpg
from servicekit.testing.polling import poll

from .stack import SERVICES, Stack

Dump = dict[str, list[str]]

CLOCKWORK = frozenset(
    {"job_runs", "job_pauses", "alembic_version", "cart_counts", "cart_count_changes", "event_log_begin"}
)
"""Tables of the service itself, and those that a job changes, whatever a service is sent: counts follow from carts."""

_TABLES = """
SELECT c.relname AS name, EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'company_id' AND NOT attisdropped) AS has_company
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
"""
_OF_COMPANY = {
    "companies": "t.id = $1",
    "inbox": "t.event_id = ANY ($2)",
    "inbox_cursor": "t.aggregate_id IN (SELECT aggregate_id FROM outbox WHERE company_id = $1)",
}


async def dump(stack: Stack, company_id: UUID, events: Collection[UUID] = ()) -> Dump:
    """Every row of the company in every service's database, by "service.table", sorted.

    `events` names those whose inbox rows belong to it, since an inbox has no company.
    """
    parts = await asyncio.gather(*(_dump_service(stack, service, company_id, events) for service in SERVICES))
    return {name: rows for part in parts for name, rows in part.items()}


async def at_rest(stack: Stack, company_id: UUID, events: Collection[UUID] = ()) -> Dump:
    """Every row of the company, as soon as two looks a second apart agree and no event waits to be published."""
    last: Dump = {}

    async def look() -> bool:
        nonlocal last
        before, last = last, await dump(stack, company_id, events)
        waiting = any('"published_at": null' in row for name, rows in last.items() if "outbox" in name for row in rows)
        return last == before and not waiting

    await poll(look, every_seconds=1)
    return last


async def _dump_service(stack: Stack, service: str, company_id: UUID, events: Collection[UUID]) -> Dump:
    async with stack.database(service) as connection, connection.transaction(isolation="repeatable_read"):
        return {
            f"{service}.{table['name']}": await _rows(connection, table, company_id, events)
            for table in await connection.fetch(_TABLES)
            if table["name"] not in CLOCKWORK
        }


async def _rows(
    connection: asyncpg.Connection, table: asyncpg.Record, company_id: UUID, events: Collection[UUID]
) -> list[str]:
    name = table["name"]
    condition = "t.company_id = $1" if table["has_company"] else _OF_COMPANY.get(name)
    assert condition, f"whose are the rows of {name}?"
    rows = await connection.fetch(
        f'SELECT to_jsonb(t)::text FROM "{name}" t WHERE ($1::uuid IS NOT NULL AND $2::uuid[] IS NOT NULL)'
        f" AND {condition}",
        company_id,
        list(events),
    )
    return sorted(row[0] for row in rows)
