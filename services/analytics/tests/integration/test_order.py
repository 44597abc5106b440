"""Read models are a function of the set of events: any order, duplicates and a rebuild leave them byte-identical."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from analytics.log import service as log
from analytics.projections.use_cases.digest import digest
from analytics.projections.use_cases.rebuild import rebuild
from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import envelope_of

from ..cart_history import NOON, CartHistory  # no installed package
from ..histories import histories  # no installed package

COMPANY = new_id()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(histories(COMPANY), st.randoms(use_true_random=False), st.integers(1, 7))
async def test_any_order_with_duplicates_gives_the_same_bytes(
    database: Database, history: list[Envelope[Any]], random: Any, size: int
) -> None:
    """In order once, or shuffled, each event two times and once more under another id, in batches of any size."""
    await _delete_all(database, COMPANY)
    await _append(database, history)
    once = await digest(database, COMPANY)
    await _delete_all(database, COMPANY)
    deliveries = [*history, *history, *_republished(history)]
    random.shuffle(deliveries)

    for start in range(0, len(deliveries), size):
        await _append(database, deliveries[start : start + size])

    assert await digest(database, COMPANY) == once
    assert await _rebuilt(database, COMPANY) == (0, 0)
    assert await digest(database, COMPANY) == once


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(histories(COMPANY))
async def test_everything_comes_back_from_the_log(database: Database, history: list[Envelope[Any]]) -> None:
    """With every read model emptied, a rebuild makes each row again as it was (rules.md 32)."""
    await _delete_all(database, COMPANY)
    await _append(database, history)
    before = await digest(database, COMPANY)
    async with database.system_unit() as unit:
        for table in ("cart_facts", "cart_products", "figures", "sites", "products"):
            await unit.execute(f"DELETE FROM {table} WHERE company_id = $1", COMPANY)

    await _rebuilt(database, COMPANY)

    assert await digest(database, COMPANY) == before


async def test_a_lost_row_is_noticed_and_repaired(database: Database, company_id: UUID) -> None:
    """Deleting one cart's row shows in the figures at once, and a rebuild puts both right."""
    cart = CartHistory(company_id)
    await _append(database, [cart.created(), cart.added(), cart.converted()])
    before = await digest(database, company_id)
    async with database.unit(company_id) as unit:
        await unit.execute("DELETE FROM cart_facts WHERE company_id = $1 AND cart_id = $2", company_id, cart.cart_id)
    broken = await digest(database, company_id)

    repaired = await _rebuilt(database, company_id)

    assert broken["figures"] != before["figures"]
    assert repaired == (1, 0)
    assert await digest(database, company_id) == before


async def test_a_wrong_figure_is_repaired(database: Database, company_id: UUID) -> None:
    """Sums that were changed by hand, lost or made up are put right from the facts."""
    cart = CartHistory(company_id)
    await _append(database, [cart.created(), cart.added(), cart.converted()])
    before = await digest(database, company_id)
    async with database.unit(company_id) as unit:
        await unit.execute(
            "UPDATE figures SET amount = amount + 5 WHERE company_id = $1 AND measure = 'created'", company_id
        )
        await unit.execute("DELETE FROM figures WHERE company_id = $1 AND measure = 'revenue'", company_id)
        await unit.execute(
            "INSERT INTO figures SELECT company_id, 'USD', measure, bucket_start, site_id, 1 FROM figures"
            " WHERE company_id = $1 AND measure = 'quantity'",
            company_id,
        )

    repaired = await _rebuilt(database, company_id)

    assert repaired == (0, 3)
    assert await digest(database, company_id) == before


async def test_rows_without_events_are_deleted(database: Database, company_id: UUID) -> None:
    """A cart without an event in the log is not counted after a rebuild."""
    cart, stray = CartHistory(company_id), CartHistory(company_id)
    await _append(database, [cart.created(), cart.added()])
    before = await digest(database, company_id)
    await _append(database, [stray.created(), stray.added(), stray.converted()])
    async with database.unit(company_id) as unit:
        await unit.execute("DELETE FROM events WHERE company_id = $1 AND cart_id = $2", company_id, stray.cart_id)

    repaired = await _rebuilt(database, company_id)

    assert repaired == (1, 0)
    assert await digest(database, company_id) == before


async def test_an_event_published_again_is_not_counted_again(database: Database, company_id: UUID) -> None:
    """What owners publish again, twice and each time under other ids, changes no figure, no replica and no rebuild."""
    cart = CartHistory(company_id)
    sites = [_site(company_id, cart.site_id, version) for version in (1, 2)]
    events = [*sites, cart.created(), cart.added(), cart.held(), cart.converted(), cart.recovered()]
    await _append(database, events)
    before = await digest(database, company_id)

    for _ in range(2):
        await _append(database, _republished(events)[::-1])
        await _append(database, _republished(sites[:1]))

    assert await digest(database, company_id) == before
    assert await _rebuilt(database, company_id) == (0, 0)
    assert await digest(database, company_id) == before
    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM events") == len(events)


def _republished(events: Sequence[Envelope[Any]]) -> list[Envelope[Any]]:
    return [event.model_copy(update={"id": new_id()}) for event in events]


def _site(company_id: UUID, site_id: UUID, version: int) -> Envelope[Any]:
    site = SiteChanged(
        name=f"Mugs {version}",
        company_name="Mugs Ltd",
        site_type="STOREFRONT",
        currency="EUR",
        locale="en",
        timezone="UTC",
        portal_url="http://localhost",
    )
    return envelope_of(RecordedEvent(site, company_id, site_id, version, NOON))


async def _append(database: Database, events: Sequence[Envelope[Any]]) -> None:
    async with database.system_unit() as unit:
        await log.append(unit, events)


async def _rebuilt(database: Database, company_id: UUID) -> tuple[int, int]:
    steps = [step async for step in rebuild(database, company_id)]
    return sum(step.wrong for step in steps), sum(step.wrong_figures for step in steps)


async def _delete_all(database: Database, company_id: UUID) -> None:
    async with database.system_unit() as unit:
        for table in ("events", "cart_facts", "cart_products", "figures", "sites", "products"):
            await unit.execute(f"DELETE FROM {table} WHERE company_id = $1", company_id)
