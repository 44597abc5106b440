"""The service's tables: as described, and closed to other companies."""

from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.testing import assert_no_drift, assert_rls_everywhere


async def test_migrations_make_what_the_code_expects(service: AnyService, database_url: str) -> None:
    """tables.py and the migrations say the same."""
    await assert_no_drift(service.metadata, database_url)


async def test_every_table_keeps_tenants_apart(database: Database) -> None:
    """Row-level security is forced on every table with a company (rules.md 34)."""
    await assert_rls_everywhere(database)


async def test_no_index_repeats_another(database: Database) -> None:
    """Each costs a write for every row."""
    async with database.system_unit() as unit:
        repeated = await unit.fetch(
            """
            SELECT array_agg(indexrelid::regclass::text ORDER BY indexrelid::regclass::text) AS indexes
            FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg_%'
            GROUP BY indrelid, indkey::text, indclass::text, indoption::text, pg_get_expr(indpred, indrelid),
                pg_get_expr(indexprs, indrelid)
            HAVING count(*) > 1"""
        )

    assert [row["indexes"] for row in repeated] == []


async def test_the_staffs_list_walks_an_index(database: Database) -> None:
    """The newest carts of a company are read in their order: no sort, no reading of all (staff/repository.py)."""
    async with database.system_unit() as unit:
        await unit.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        rows = await unit.fetch(
            "EXPLAIN SELECT id FROM carts WHERE company_id = $1 AND id < $2 ORDER BY id DESC LIMIT 50",
            new_id(),
            new_id(),
        )
    plan = "\n".join(row[0] for row in rows)

    assert "Scan Backward using carts_pkey" in plan
    assert "Sort" not in plan
