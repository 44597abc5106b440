"""Checks that every service's tests make of its schema."""

import asyncpg
from sqlalchemy import MetaData

from servicekit.db import Database
from servicekit.db.verification import BYPASSES, UNPROTECTED, compare

_PRIMARY_KEYS = """
SELECT conrelid::regclass::text AS name, array_agg(attname::text ORDER BY place) AS columns
FROM pg_constraint CROSS JOIN unnest(conkey) WITH ORDINALITY AS key (number, place)
JOIN pg_attribute ON attrelid = conrelid AND attnum = number
WHERE contype = 'p' AND connamespace = 'public'::regnamespace GROUP BY conrelid
"""


async def assert_rls_everywhere(database: Database) -> None:
    """Every table with a company_id forces row-level security, and the role that asks cannot step around it."""
    async with database.system_unit() as unit:
        unprotected = [row["relname"] for row in await unit.fetch(UNPROTECTED)]
        steps_around = await unit.fetchval(BYPASSES)
    if unprotected:
        raise AssertionError(f"row-level security is not forced on {', '.join(unprotected)}")
    if steps_around:
        raise AssertionError("the service's role steps around row-level security")


async def assert_no_drift(metadata: MetaData, database_url: str) -> None:
    """The migrations make exactly the tables that `metadata` and the chassis describe, with their primary keys."""
    missing, surplus, _ = await compare(database_url, metadata)
    if found := [*missing, *surplus, *await _other_keys(metadata, database_url)]:
        raise AssertionError(f"migrations and tables.py differ: {found}")


async def _other_keys(metadata: MetaData, database_url: str) -> list[str]:
    """The tables whose primary key has other columns, or another order; Alembic does not compare it."""
    connection = await asyncpg.connect(database_url)
    made = {row["name"]: row["columns"] for row in await connection.fetch(_PRIMARY_KEYS)}
    await connection.close()
    described = {table.name: [column.name for column in table.primary_key] for table in metadata.tables.values()}
    return [
        f"primary key of {name}: {made.get(name, [])} and {columns}"
        for name, columns in described.items()
        if made.get(name, []) != columns
    ]
