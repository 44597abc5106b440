"""Rules of price that need a newer engine than this version of the service has: it goes on with the last it can price.

A newer version of the service is one whose library of quotes has an engine more.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from cart.main import create_app
from cart.rules import service
from cart.settings import CartSettings
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import ENGINE_VERSION, SUPPORTED_ENGINE_VERSIONS, RuleSet
from prometheus_client import REGISTRY
from quote import compiled
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing.delivery import deliver
from servicekit.testing.http import client_of

from ..shop import Guest, Shop

NEWER = ENGINE_VERSION + 1
SUPPORTED = "SUPPORTED_ENGINE_VERSIONS"


@pytest.fixture
def newer_version(
    monkeypatch: pytest.MonkeyPatch, settings: CartSettings, shop: Shop
) -> AbstractAsyncContextManager[Shop]:
    """The shop by a version of the service that has the newer engine: it was just started."""

    @asynccontextmanager
    async def started() -> AsyncGenerator[Shop]:
        with monkeypatch.context() as patched:
            patched.setattr(compiled, SUPPORTED, (NEWER, *SUPPORTED_ENGINE_VERSIONS))
            async with client_of(create_app(settings)) as client:
                yield Shop(client, shop.database, shop.company_id, shop.site_id, shop.products)

    return started()


async def publish(shop: Shop, version: int, percent: int, **fields: Any) -> None:
    """Let pricing publish a version of the shop's rules: so much off every cart."""
    promotion = {
        "id": str(new_id()),
        "name": f"{percent} percent",
        "type": "PERCENTAGE_OFF",
        "scope": "CART",
        "basisPoints": percent * 100,
    }
    now = datetime.now(UTC)
    rules = RuleSet(version=version, company_id=shop.company_id, published_at=now, promotions=[promotion], **fields)
    event = RecordedEvent(RuleSetPublished(rule_set=rules), shop.company_id, shop.company_id, version, now)
    await deliver(subscriptions, event, shop.database)


async def discounts(shop: Shop, guest: Guest) -> tuple[str, ...]:
    """What is taken off the cart, by name."""
    return tuple(discount["name"] for discount in (await shop.read(guest))["discounts"])


def count() -> float:
    """How many rule sets of this process had to wait."""
    return REGISTRY.get_sample_value("cart_rule_sets_waiting_total") or 0.0


async def test_rules_for_a_newer_engine_wait_until_it_is_there(
    shop: Shop, newer_version: AbstractAsyncContextManager[Shop]
) -> None:
    """Carts keep the rules of before meanwhile; the newer version has the waiting ones from its start."""
    guest = await shop.guest_cart({"mug": 2})
    await publish(shop, 1, 10)
    waiting = count()

    await publish(shop, 2, 20, engine_version=NEWER)
    meanwhile = await discounts(shop, guest)
    metered = count() - waiting
    async with newer_version as upgraded:
        after = await discounts(upgraded, guest)

    assert (meanwhile, metered, after) == (("10 percent",), 1, ("20 percent",))


async def test_a_rolled_back_version_goes_on_with_the_last_rules_it_can_price(
    shop: Shop, newer_version: AbstractAsyncContextManager[Shop]
) -> None:
    """The newer version kept rules of its own engine, and an older set came late."""
    guest = await shop.guest_cart({"mug": 2})
    await publish(shop, 1, 10)
    async with newer_version as upgraded:
        await publish(upgraded, 3, 30, engine_version=NEWER)
        await publish(upgraded, 2, 20)
        newest = await discounts(upgraded, guest)

    rolled_back = await discounts(shop, guest)
    await publish(shop, 4, 40)

    assert (newest, rolled_back) == (("30 percent",), ("20 percent",))
    assert await discounts(shop, guest) == ("40 percent",)


async def test_rules_that_an_older_engine_prices_as_well_do_not_wait(shop: Shop) -> None:
    """They name the newer engine, and that this one is enough."""
    guest = await shop.guest_cart({"mug": 2})
    await publish(shop, 1, 10)

    await publish(shop, 2, 20, engine_version=NEWER, lowest_engine_version=ENGINE_VERSION)

    assert await discounts(shop, guest) == ("20 percent",)


async def test_a_company_whose_first_rules_wait_is_priced_without(shop: Shop) -> None:
    """As one for which nothing was published yet; no request fails."""
    guest = await shop.guest_cart({"mug": 2})

    await publish(shop, 1, 10, engine_version=NEWER)

    assert await discounts(shop, guest) == ()
    assert (await shop.add(guest, "mug")).status_code == 200


async def test_what_this_version_does_not_know_of_waiting_rules_is_kept(shop: Shop, database: Database) -> None:
    """The newer engine needs it; a rule set that was read and written again would have lost it."""
    document = {"version": 2, "engineVersion": NEWER, "companyId": str(shop.company_id), "moonPhase": {"full": True}}
    rules = RuleSet.model_validate({**document, "publishedAt": "2026-01-05T12:00:00Z"})

    async with database.unit(shop.company_id) as unit:
        await service.keep_rules(unit, rules)
        kept = await unit.fetchval("SELECT rules FROM rule_sets WHERE company_id = $1", shop.company_id)

    assert kept == {**document, "publishedAt": "2026-01-05T12:00:00Z"}
