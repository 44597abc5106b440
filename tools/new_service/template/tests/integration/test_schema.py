"""The tables of the service."""

from servicekit.db import Database
from servicekit.roles.service import AnyService
from servicekit.testing import assert_no_drift, assert_rls_everywhere


async def test_migrations_make_what_tables_describe(service: AnyService, database_url: str) -> None:
    """A column that only one of the two has would be found by a customer first."""
    await assert_no_drift(service.metadata, database_url)


async def test_every_table_of_a_company_is_behind_row_level_security(database: Database) -> None:
    """The second lock of tenancy (rules.md 34)."""
    await assert_rls_everywhere(database)
