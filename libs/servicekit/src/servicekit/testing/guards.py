"""Checks that every service's tests make of its schema."""

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from servicekit.db import Database
from servicekit.db.chassis_tables import OUTBOX_STORAGE
from servicekit.db.migrations import chassis_metadata

_UNPROTECTED = """
SELECT relation.relname
FROM pg_class AS relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attname = 'company_id'
WHERE relation.relkind IN ('r', 'p') AND relation.relnamespace = 'public'::regnamespace
  AND NOT (relation.relrowsecurity AND relation.relforcerowsecurity
           AND EXISTS (SELECT FROM pg_policy WHERE polrelid = relation.oid AND polname = 'tenant'))
ORDER BY 1
"""


_OUTBOX_STORAGE = "SELECT reloptions FROM pg_class WHERE oid = 'outbox'::regclass"


async def assert_rls_everywhere(database: Database) -> None:
    """Every table with a company_id forces row-level security, and the role that asks cannot step around it."""
    async with database.system_unit() as unit:
        unprotected = [row["relname"] for row in await unit.fetch(_UNPROTECTED)]
        role = await unit.fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if unprotected:
        raise AssertionError(f"row-level security is not forced on {', '.join(unprotected)}")
    if role is None or role["rolsuper"] or role["rolbypassrls"]:
        raise AssertionError("the service's role steps around row-level security")


async def assert_no_drift(metadata: MetaData, database_url: str) -> None:
    """The migrations make exactly the tables that `metadata` and the chassis describe."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url), poolclass=NullPool
    )
    async with engine.connect() as connection:
        differences = await connection.run_sync(_compare, chassis_metadata(metadata))
        storage = (await connection.exec_driver_sql(_OUTBOX_STORAGE)).scalar_one()
    await engine.dispose()
    if differences:
        raise AssertionError(f"migrations and tables.py differ: {differences}")
    if storage != [f"{name}={value}" for name, value in OUTBOX_STORAGE.items()]:
        raise AssertionError(f"the outbox is not tuned as the chassis says: {storage}")


def _compare(connection: Connection, metadata: MetaData) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))
