"""The event log in months: nothing is lost or counted twice when it is divided, filled late, or its end dropped."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from analytics.log import repository, service
from analytics.main import SERVICE
from analytics.months import repository as months_repository
from analytics.months.domain import AHEAD, Month
from analytics.months.service import LEFT_OUTSIDE, keep_months
from analytics.projections.use_cases.digest import digest
from analytics.projections.use_cases.rebuild import rebuild
from analytics.reports import repository as reports
from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from servicekit.db import Database, migrations
from servicekit.ids import new_id
from servicekit.testing import FixedClock, Servers, envelope_of
from servicekit.testing.databases import PoolSettings, fresh_database

from ..cart_history import NOON, CartHistory  # no installed package

NOW = Month.of(NOON)
READ_MODELS = ("cart_facts", "cart_products", "figures", "products", "sites")

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


@pytest.fixture
async def database(servers: Servers) -> AsyncGenerator[Database]:
    """A database of the test's own, on an afternoon in March: the log is divided for all companies at once."""
    async with fresh_database(servers.postgres_url, SERVICE) as url:
        opened = await Database.open(PoolSettings(url), service=SERVICE.name, clock=FixedClock(NOON))
        yield opened
        await opened.close()


@dataclass(frozen=True)
class Older:
    """The service as it was before the log was divided."""

    migrations: Path
    name: str = SERVICE.name


def sale(company_id: UUID, at: datetime) -> list[Envelope[Any]]:
    """A cart that was made, filled and ordered, a minute after another."""
    cart = CartHistory(company_id, now=at)
    return [cart.created(), cart.added(), cart.held(), cart.converted()]


async def append(database: Database, events: Sequence[Envelope[Any]]) -> int:
    """Append as the worker does."""
    async with database.system_unit() as unit:
        return await service.append(unit, events)


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


async def sizes(database: Database) -> dict[str, int]:
    """How many events each part of the log has that has any."""
    async with database.system_unit() as unit:
        rows = await unit.fetch("SELECT tableoid::regclass::text AS part, count(*) FROM events GROUP BY 1 ORDER BY 1")
    return {row["part"]: row["count"] for row in rows}


async def months(database: Database) -> list[Month]:
    """The months that have a part of the log."""
    async with database.system_unit() as unit:
        return await months_repository.months(unit)


async def rebuilt(database: Database, company_id: UUID) -> int:
    """How many carts and figures a rebuild found wrong."""
    return sum([step.wrong + step.wrong_figures async for step in rebuild(database, company_id)])


def months_before(count: int) -> datetime:
    """Noon of the tenth, so many months ago."""
    return NOW.after(-count).start + timedelta(days=9, hours=12)


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


async def test_months_are_made_ahead_and_only_once(database: Database) -> None:
    """The present one and three more; a dry run only says which."""
    would, nothing = await keep_months(database, None, dry_run=True), await months(database)

    did, again = await keep_months(database, None, dry_run=False), await keep_months(database, None, dry_run=False)

    ahead = [NOW.after(count) for count in range(AHEAD + 1)]
    assert (would.count, nothing, did.count, again.count) == (AHEAD + 1, [], AHEAD + 1, 0)
    assert await months(database) == ahead
    assert would.details["made"] == did.details["made"] == ["2026-03", "2026-04", "2026-05", "2026-06"]


async def test_what_has_no_month_waits_in_the_default_part_and_moves(database: Database, company_id: UUID) -> None:
    """An event of long ago is counted at once, and the next run makes its month."""
    await keep_months(database, None, dry_run=False)
    await append(database, sale(company_id, months_before(30)))
    before, digests, left = await sizes(database), await digest(database, company_id), LEFT_OUTSIDE._value.get()

    await keep_months(database, None, dry_run=False)

    assert (before, await sizes(database)) == ({"events_default": 4}, {NOW.after(-30).partition: 4})
    assert LEFT_OUTSIDE._value.get() == left
    assert await digest(database, company_id) == digests
    assert await rebuilt(database, company_id) == 0


async def test_what_a_run_leaves_outside_is_measured(
    database: Database, company_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month that is not made, for whatever reason, shows in a measure that an alert looks at."""
    await append(database, sale(company_id, NOON))
    left = LEFT_OUTSIDE._value.get()

    async def make_nothing(*_: object) -> int:
        return 0

    monkeypatch.setattr(months_repository, "make", make_nothing)
    await keep_months(database, None, dry_run=False)

    assert LEFT_OUTSIDE._value.get() == left + 4


async def test_a_redelivery_is_refused_whatever_month_it_is_of(database: Database, company_id: UUID) -> None:
    """Under its own id, under another id, and of other state than carts also at another time (rules.md 32)."""
    await keep_months(database, None, dry_run=False)
    site = SiteChanged(
        name="Mugs",
        company_name="Mugs Ltd",
        site_type="STOREFRONT",
        currency="EUR",
        locale="en",
        timezone="UTC",
        portal_url="http://localhost",
    )
    changed = envelope_of(RecordedEvent(site, company_id, new_id(), 1, months_before(2)))
    events = [*sale(company_id, months_before(1)), changed]
    first = await append(database, events)
    later = changed.model_copy(update={"id": new_id(), "time": NOON})
    latest = changed.model_copy(update={"id": new_id(), "time": NOON + timedelta(days=40)})

    again = await append(database, events)
    renamed = await append(database, [event.model_copy(update={"id": new_id()}) for event in events])
    moved = await append(database, [later, latest])

    assert (first, again, renamed, moved) == (5, 0, 0, 0)
    assert sum((await sizes(database)).values()) == 5


async def test_one_event_under_two_ids_in_one_batch_is_kept_once(database: Database, company_id: UUID) -> None:
    """Also at two times."""
    held = CartHistory(company_id).held()
    again = held.model_copy(update={"id": new_id(), "time": held.time + timedelta(days=60)})

    assert await append(database, [held, again]) == 1


async def test_old_months_are_dropped_whole_and_what_they_counted_stays(database: Database, company_id: UUID) -> None:
    """Figures and carts of then are as before, also after a rebuild; a cart that is wrong now is still repaired."""
    long_ago = CartHistory(company_id, now=months_before(15))
    straddling = [long_ago.created(), long_ago.added(), long_ago.converted(at=months_before(0))]
    await append(database, [*straddling, *sale(company_id, months_before(14)), *sale(company_id, months_before(0))])
    await keep_months(database, None, dry_run=False)
    before = await digest(database, company_id)

    would = await keep_months(database, 13, dry_run=True)
    did = await keep_months(database, 13, dry_run=False)

    assert would.details["dropped"] == did.details["dropped"] == ["2024-12", "2025-01"]
    assert min(await months(database)) == NOW
    assert await rebuilt(database, company_id) == 0
    assert await digest(database, company_id) == before
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE cart_facts SET revenue = 1 WHERE converted_at IS NOT NULL")
    assert await rebuilt(database, company_id) == 1
    late = await append(database, sale(company_id, months_before(20)))
    await keep_months(database, 13, dry_run=False)
    assert (late, min(await months(database))) == (4, NOW)
    assert "events_default" not in await sizes(database)


async def test_replicas_outlive_the_events_that_made_them(database: Database, company_id: UUID) -> None:
    """A site that has not changed since the log begins keeps its name and currency through a rebuild."""
    site = SiteChanged(
        name="Mugs",
        company_name="Mugs Ltd",
        site_type="STOREFRONT",
        currency="EUR",
        locale="en",
        timezone="UTC",
        portal_url="http://localhost",
    )
    await append(database, [envelope_of(RecordedEvent(site, company_id, new_id(), 1, months_before(20)))])
    await keep_months(database, None, dry_run=False)
    before = await digest(database, company_id)

    await keep_months(database, 13, dry_run=False)
    await rebuilt(database, company_id)

    assert await digest(database, company_id) == before


async def test_events_come_while_months_are_made(database: Database, company_id: UUID) -> None:
    """Whoever waits for whom: each event is there once, and no reader misses one at any moment."""
    sales = [sale(company_id, months_before(count % 5)) for count in range(20)]
    await append(database, sales[0])

    async def appending() -> None:
        for events in sales[1:]:
            await append(database, events)

    await asyncio.gather(appending(), keep_months(database, None, dry_run=False))
    await keep_months(database, None, dry_run=False)

    found = await sizes(database)
    assert (sum(found.values()), "events_default" in found) == (80, False)
    assert await rebuilt(database, company_id) == 0


async def test_a_month_that_cannot_be_attached_leaves_its_events_where_they_are(
    database: Database, company_id: UUID
) -> None:
    """All of it is one transaction: the process dies before the commit, and the next run begins anew."""
    await append(database, sale(company_id, NOON))

    async def die() -> None:
        async with database.system_unit() as unit:
            await months_repository.make(unit, NOW)
            raise RuntimeError("dies here")

    with pytest.raises(RuntimeError, match="dies"):
        await die()

    assert await sizes(database) == {"events_default": 4}
    assert await months(database) == []


@pytest.mark.parametrize(
    ("sql", "args", "parts"),
    [
        (repository._OF_CARTS, ([new_id()], ["cart.updated.v1"]), None),
        (repository._PAGE_OF_CART, (new_id(), None, None, 50), None),
        (repository._NEWEST, (["cart.site_changed.v1"],), None),
        (reports._EVENTS, (NOON - timedelta(days=20), NOON, None, [NOON], ["upsell.shown.v1"]), 2),
        (
            reports._PROMOTIONS,
            ("EUR", NOON - timedelta(days=20), NOON, None, "cart.converted.v1", 10),
            2,
        ),
    ],
    ids=["events of carts", "page of a cart", "newest of aggregates", "series", "promotions"],
)
async def test_no_query_reads_the_log_from_end_to_end(
    database: Database, company_id: UUID, sql: str, args: tuple[object, ...], parts: int | None
) -> None:
    """Each part is read by an index; a report of twenty days opens two months, and the default part."""
    await append(database, sale(company_id, months_before(14)))
    await keep_months(database, None, dry_run=False)
    async with database.unit(company_id) as unit:
        await unit.execute("SET LOCAL enable_seqscan = off")  # a part is empty, or nearly

        plan = [row[0] for row in await unit.fetch(f"EXPLAIN {sql}", company_id, *args)]

    assert read_by_index(plan)
    assert parts is None or len(opened(plan)) <= parts


async def test_a_query_that_reads_the_log_from_end_to_end_is_found(database: Database, company_id: UUID) -> None:
    """What somebody would see who asks for something that no index has, or for no time."""
    await keep_months(database, None, dry_run=False)
    async with database.unit(company_id) as unit:
        await unit.execute("SET LOCAL enable_seqscan = off")
        plan = [row[0] for row in await unit.fetch("EXPLAIN SELECT FROM events WHERE received_at > now()")]

    assert not read_by_index(plan)
    assert len(opened(plan)) == AHEAD + 2


def opened(plan: Sequence[str]) -> list[str]:
    """The lines of a plan that open a part of the log."""
    return [line for line in plan if " on events_" in line and "Bitmap Index" not in line]


def read_by_index(plan: Sequence[str]) -> bool:
    """Whether a plan opens parts of the log, and each by an index."""
    return bool(opened(plan)) and not any("Seq Scan" in line for line in opened(plan))


def test_an_event_that_is_no_carts_may_come_at_another_time() -> None:
    """What is looked for in all months: an owner publishes its present state again under a time of now."""
    cart = CartHistory(new_id())
    created, held = (repository.LogEntry.of(event) for event in (cart.created(), cart.held()))

    assert (created.has_one_time, held.has_one_time) == (True, False)
    assert replace(held, occurred_at=NOON).key == held.key
