"""Checks that every service's tests make of its schema."""

from sqlalchemy import MetaData

from servicekit.db import Database
from servicekit.db.verification import BYPASSES, UNPROTECTED, compare


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
    """The migrations make exactly the tables that `metadata` and the chassis describe."""
    missing, surplus, _ = await compare(database_url, metadata)
    if missing or surplus:
        raise AssertionError(f"migrations and tables.py differ: {[*missing, *surplus]}")
