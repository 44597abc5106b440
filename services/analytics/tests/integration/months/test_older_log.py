"""A log that a version of before has filled is divided while that version goes on."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from analytics.log import repository
from analytics.main import SERVICE
from analytics.months.service import keep_months
from contracts.envelope import Envelope
from servicekit.db import Database, migrations
from servicekit.testing import FixedClock, Servers
from servicekit.testing.databases import PoolSettings, fresh_database

from ...cart_history import NOON
from .log import NOW, append, months_before, rebuilt, sale, sizes

OLDER_INSERT = """
INSERT INTO events
    (company_id, event_id, type, aggregate_id, aggregate_version, cart_id, occurred_at, received_at, data)
SELECT e.company_id, e.event_id, e.type, e.aggregate_id, e.version, e.cart_id, e.occurred_at, $8, e.data::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::uuid[], $7::timestamptz[], $9::text[])
    AS e (company_id, event_id, type, aggregate_id, version, cart_id, occurred_at, data)
ORDER BY e.company_id, e.aggregate_id, e.version, e.type
ON CONFLICT DO NOTHING
RETURNING event_id
"""
"""As the version before the division appended events."""


@dataclass(frozen=True)
class Older:
    """The service as it was before the log was divided."""

    migrations: Path
    name: str = SERVICE.name


async def append_as_before(database: Database, events: Sequence[Envelope[Any]]) -> int:
    """Append as the version of before did; how many were new."""
    entries = [repository.LogEntry.of(event) for event in events]
    async with database.system_unit() as unit:
        rows = await unit.fetch(
            OLDER_INSERT,
            [entry.company_id for entry in entries],
            [entry.event_id for entry in entries],
            [entry.data.type for entry in entries],
            [entry.aggregate_id for entry in entries],
            [entry.version for entry in entries],
            [entry.cart_id for entry in entries],
            [entry.occurred_at for entry in entries],
            unit.now,
            [entry.data.model_dump_json(by_alias=True) for entry in entries],
        )
    return len(rows)


async def test_a_log_that_older_code_has_filled_is_divided(servers: Servers, tmp_path: Path, company_id: UUID) -> None:
    """Every event is there before and after its month has a part; older code goes on, and nothing counts twice."""
    older = Path(shutil.copytree(SERVICE.migrations, tmp_path / "migrations"))
    for script in (older / "versions").glob("*.py"):
        if script.name >= "0008":
            script.unlink()
    events = [event for count in (0, 1, 14) for event in sale(company_id, months_before(count))]
    async with fresh_database(servers.postgres_url, Older(older)) as url:
        database = await Database.open(PoolSettings(url), service=SERVICE.name, clock=FixedClock(NOON))
        before = await append_as_before(database, events)
        await asyncio.to_thread(migrations.run, SERVICE.migrations, url)
        divided = await sizes(database)
        again = [await append_as_before(database, events), await append(database, events)]
        newer = sale(company_id, NOON)
        by_older_code = await append_as_before(database, newer)

        result = await keep_months(database, None, dry_run=False)

        moved = await sizes(database)
        last = [await append_as_before(database, [*events, *newer]), await append(database, [*events, *newer])]
        await rebuilt(database, company_id)
        async with database.unit(company_id) as unit:
            carts = await unit.fetchval("SELECT count(*) FROM cart_facts WHERE status = 'CONVERTED'")
        await database.close()

    assert (before, divided, again, by_older_code) == (12, {"events_default": 12}, [0, 0], 4)
    assert moved == {NOW.after(-14).partition: 4, NOW.after(-1).partition: 4, NOW.partition: 8}
    assert (result.details["moved"], last, carts) == (16, [0, 0], 4)
