"""The event log in months: nothing is lost or counted twice when it is divided, filled late, or its end dropped."""

import asyncio
from uuid import UUID

import pytest
from analytics.months import repository as months_repository
from analytics.months.domain import AHEAD
from analytics.months.service import LEFT_OUTSIDE, keep_months
from analytics.projections.use_cases.digest import digest
from servicekit.db import Database

from ...cart_history import NOON, CartHistory
from .log import NOW, append, months, months_before, rebuilt, sale, site_changed, sizes


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
    await append(database, [site_changed(company_id, months_before(20))])
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
