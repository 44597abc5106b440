"""After a day pricing is asked again about a cart's address, and what has changed changes the price."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest
from cart.carts.use_cases.change import CartChanger
from cart.clients import Addresses, StockHolds
from cart.delivery.use_cases.renew_addresses import AddressRenewer
from cart.delivery.use_cases.set_address import AddressSetter
from cart.holds.use_cases.change_hold import HoldChanger
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from contracts.cart import CartUpdated
from servicekit.db import Database
from servicekit.testing import FixedClock, published
from servicekit.testing.databases import PoolSettings
from servicekit.upstream.client import InternalClient

from ...shop import Guest, Shop
from .conftest import Pricing, forget, ship_to, tax

DAY = timedelta(days=1, minutes=1)


@pytest.fixture
def clock() -> FixedClock:
    """The shop's time of now, until it is moved: carts are made by the app, which goes by the real one."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def renewer(
    settings: CartSettings, pricing_url: str, database_url: str, clock: FixedClock
) -> AsyncGenerator[AddressRenewer]:
    """The job, by the clock that is moved."""
    client = InternalClient(pricing_url, "cart", settings)
    database = await Database.open(PoolSettings(database_url), service="cart", clock=clock)
    changer = CartChanger(CompiledRulesCache(), HoldChanger(database, StockHolds(client)))
    yield AddressRenewer(database, AddressSetter(changer, Addresses(client), timedelta(hours=24)))
    await database.close()
    await client.close()


def requests_of(shop: Shop, pricing: Pricing) -> int:
    """How often pricing was asked about an address of this shop's carts; other shops' may be due as well."""
    return sum(address["siteId"] == shop.site_id for address in pricing.requested)


async def renewed(shop: Shop, renewer: AddressRenewer, guest: Guest) -> tuple[int, int]:
    """Run the job until nothing is due; the version of the cart and its tax."""
    while await renewer.run():
        pass
    cart = await shop.read(guest)
    return cart["version"], cart["totals"]["taxTotal"]


async def test_a_new_rate_reaches_the_cart_by_itself(
    shop: Shop, pricing: Pricing, renewer: AddressRenewer, clock: FixedClock
) -> None:
    """As a change of the system, which is no activity of the shopper's; a place is asked about once for all carts."""
    ada, bob = await shop.guest_cart({"mug": 2}), await shop.guest_cart({"mug": 2})
    for guest, city in ((ada, "Paris"), (bob, "Lyon")):
        await ship_to(shop, guest, "FR", city=city)
    pricing.rates["FR"] = tax("FR", 100_000)
    pricing.requested.clear()

    early = await renewed(shop, renewer, ada)
    clock.advance(DAY)
    late = [await renewed(shop, renewer, guest) for guest in (ada, bob)]

    cart = await shop.read(bob)
    newest = [e.data for e in await published(shop.database, CartUpdated) if str(e.aggregate_id) == cart["id"]][-1]
    assert isinstance(newest, CartUpdated)
    assert (early, late) == ((3, 600), [(4, 300), (4, 300)])
    assert (newest.actor, newest.change.kind, newest.totals.tax_total) == ("system", "ADDRESS_SET", 300)
    assert (requests_of(shop, pricing), cart["address"]["city"]) == (1, "Lyon")


async def test_what_has_not_changed_changes_nothing(
    shop: Shop, pricing: Pricing, renewer: AddressRenewer, clock: FixedClock
) -> None:
    """No version, no event; and it is not due again before another day."""
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "FR")
    before = await shop.read(guest)
    clock.advance(DAY)

    assert await renewer.run(dry_run=True) >= 1
    await renewed(shop, renewer, guest)

    assert await shop.read(guest) == before
    assert await renewer.run(dry_run=True) == 0
    assert requests_of(shop, pricing) == 2


async def test_while_pricing_is_away_carts_keep_their_price_and_stay_due(
    shop: Shop, pricing: Pricing, renewer: AddressRenewer, clock: FixedClock
) -> None:
    """It is asked when it is back."""
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "FR")
    pricing.rates["FR"], pricing.is_away = tax("FR", 100_000), True
    clock.advance(DAY)

    await renewer.run()
    away = (await shop.read(guest))["totals"]["taxTotal"]
    pricing.is_away = False

    assert (away, await renewed(shop, renewer, guest)) == (600, (4, 300))


async def test_an_address_that_was_forgotten_is_not_asked_about(
    shop: Shop, pricing: Pricing, renewer: AddressRenewer, clock: FixedClock
) -> None:
    """There is nothing to renew."""
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "FR")
    await forget(shop, guest, "address")
    clock.advance(DAY)

    assert (await renewed(shop, renewer, guest), requests_of(shop, pricing)) == ((4, 0), 1)
