"""The database: tenants are kept apart, and the migrations make what tables.py has."""

from servicekit.db import Database
from servicekit.roles.service import AnyService
from servicekit.testing import assert_no_drift, assert_rls_everywhere


async def test_row_level_security_is_forced_on_every_table(database: Database) -> None:
    """No table with a company can be read without one (rules.md 34)."""
    await assert_rls_everywhere(database)


async def test_migrations_and_tables_agree(service: AnyService, database_url: str) -> None:
    """What a new migration would have to change: nothing."""
    await assert_no_drift(service.metadata, database_url)
