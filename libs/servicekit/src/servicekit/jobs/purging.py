"""Jobs that delete what is past its time, a batch and transaction after another: a crash only ends the run early."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg

from servicekit.db import SystemUnit
from servicekit.jobs.job import JobContext

BATCH = 5_000
_FIRST = UUID(int=0)

Run = Callable[[JobContext], Awaitable[int]]


def purge(table: str, column: str, kept: timedelta) -> Run:
    """A job that deletes the rows of a table whose time in `column` is longer past than `kept`, a batch at a time."""

    async def run(context: JobContext) -> int:
        before = context.clock.now() - kept
        if context.dry_run:
            async with context.database.system_unit() as unit:
                return int(await unit.fetchval(f"SELECT count(*) FROM {table} WHERE {column} < $1", before))
        total, deleted = 0, BATCH
        while deleted == BATCH:
            async with context.database.system_unit() as unit:
                deleted = len(await unit.fetch(_purge_sql(table, column), before, BATCH))
            total += deleted
        return total

    return run


def _purge_sql(table: str, column: str) -> str:
    return (
        f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {column} < $1 LIMIT $2))"
        " RETURNING 1"
    )


def purge_oldest(
    table: str, kept: timedelta, *, parts: Mapping[str, str], unless: str = "false", batch: int = BATCH
) -> Run:
    """A job that deletes the rows of a table that were made longer ago than `kept`, with their `parts`.

    The table is read in the order of its ids, which is that of their making, and no further than its old rows: it needs
    no index on `created_at`. `parts` are tables and the column of each that has the id; rows for which the condition
    `unless` holds stay. In a dry run it only counts.
    """

    async def run(context: JobContext) -> int:
        before, after, total = context.clock.now() - kept, _FIRST, 0
        while True:
            async with context.database.system_unit() as unit:
                rows = await unit.fetch(_oldest_sql(table, unless), before, after, batch)
                old = [row for row in rows if row["is_past"] and not row["stays"]]
                if old and not context.dry_run:
                    await _delete(unit, table, parts, old)
            total += len(old)
            if len(rows) < batch or not rows[-1]["is_past"]:
                return total
            after = rows[-1]["id"]

    return run


def _oldest_sql(table: str, unless: str) -> str:
    return (
        f"SELECT company_id, id, created_at < $1 AS is_past, {unless} AS stays FROM {table} WHERE id > $2"
        " ORDER BY id LIMIT $3"
    )


async def _delete(unit: SystemUnit, table: str, parts: Mapping[str, str], rows: list[asyncpg.Record]) -> None:
    companies, ids = [row["company_id"] for row in rows], [row["id"] for row in rows]
    for name, column in (*parts.items(), (table, "id")):
        await unit.execute(
            f"DELETE FROM {name} t USING unnest($1::uuid[], $2::uuid[]) AS old (company_id, id)"
            f" WHERE t.company_id = old.company_id AND t.{column} = old.id",
            companies,
            ids,
        )
