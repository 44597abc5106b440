"""A database that an older version has filled, brought to the newest revision."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from analytics.figures.domain.measures import (
    CHECKOUT_STARTED,
    CREATED,
    CREATED_AND_CONVERTED,
    LOST,
    QUANTITY,
    RECOVERED_REVENUE,
    REVENUE,
    VALUE,
)
from analytics.main import SERVICE
from servicekit.db import migrations
from servicekit.testing import Servers
from servicekit.testing.databases import fresh_database

BEFORE_THE_MEASURES = ("0001_initial.py", "0002_figures.py")

CARTS = """
INSERT INTO cart_facts
    (company_id, cart_id, status, site_id, currency, item_count, value, created_at, first_abandoned_at, converted_at,
     revenue, units, had_line, recovered_at, recovered_revenue)
VALUES
    (gen_random_uuid(), gen_random_uuid(), 'CONVERTED', gen_random_uuid(), 'EUR', 2, 2500, now(), NULL, now(),
     2500, 2, true, now(), 2500),
    (gen_random_uuid(), gen_random_uuid(), 'ABANDONED', gen_random_uuid(), 'EUR', 1, 1250, now(), now(), NULL,
     NULL, NULL, true, NULL, 0)
"""


@dataclass(frozen=True)
class Older:
    """The service as it was: its first migrations only."""

    migrations: Path
    name: str = SERVICE.name


async def test_figures_survive_the_renaming_of_their_columns(servers: Servers, tmp_path: Path) -> None:
    """Every figure of version 1 is there under its new name, and the triggers go on with it."""
    older = Path(shutil.copytree(SERVICE.migrations, tmp_path / "migrations"))
    for script in (older / "versions").glob("*.py"):
        if script.name not in BEFORE_THE_MEASURES:
            script.unlink()
    async with fresh_database(servers.postgres_url, Older(older)) as url:
        before = await _sums(url, CARTS)
        await asyncio.to_thread(migrations.run, SERVICE.migrations, url)
        after = await _sums(url)
        changed = await _sums(url, "UPDATE cart_facts SET revenue = revenue + 1 WHERE converted_at IS NOT NULL")

    assert sorted(before.values()) == sorted(after.values())
    assert {name: before[name] for name in ("made", "made.in_checkout", "made.converted", "made.value", "units")} == {
        "made": after[CREATED.name],
        "made.in_checkout": after[CHECKOUT_STARTED.name],
        "made.converted": after[CREATED_AND_CONVERTED.name],
        "made.value": after[VALUE.name],
        "units": after[QUANTITY.name],
    }
    assert (after[LOST.name], after[RECOVERED_REVENUE.name]) == (before["lost"], before["recovered.revenue"])
    assert changed == {**after, REVENUE.name: after[REVENUE.name] + 1}


async def _sums(url: str, statement: str = "SELECT") -> dict[str, int]:
    """Run the statement, and sum the figures by measure."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET app.company_id = '*'")
    await connection.execute(statement)
    rows = await connection.fetch("SELECT measure, sum(amount)::bigint AS amount FROM figures GROUP BY measure")
    await connection.close()
    return {row["measure"]: row["amount"] for row in rows}
