"""The service's tables: as described, and closed to other companies."""

from servicekit.db import Database
from servicekit.roles.service import AnyService
from servicekit.testing import assert_no_drift, assert_rls_everywhere


async def test_migrations_make_what_the_code_expects(service: AnyService, database_url: str) -> None:
    """tables.py and the migrations say the same."""
    await assert_no_drift(service.metadata, database_url)


async def test_every_table_keeps_tenants_apart(database: Database) -> None:
    """Row-level security is forced on every table with a company (rules.md 34)."""
    await assert_rls_everywhere(database)
