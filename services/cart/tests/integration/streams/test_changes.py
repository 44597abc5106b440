"""A change of a cart reaches every open tab, whichever process it is at."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cart.holds import repository as holds
from cart.holds.repository import HoldVersion
from cart.streams.use_cases.announce_changes import ChangeAnnouncer
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.inventory import HoldReleased
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet
from servicekit.ids import new_id
from servicekit.testing import deliver

from ...shop import Customer, Shop
from ...streaming import tab
from ..test_ordering import order

pytestmark = pytest.mark.usefixtures("relay")


async def test_a_tab_begins_with_the_cart_as_it_is_read(shop: Shop, here: str) -> None:
    """Whatever a tab has missed is in it, so that none needs a second request."""
    guest = await shop.guest_cart({"mug": 2})

    async with tab(here, guest.path, guest.headers) as open_tab:
        event = await open_tab.next()

    assert event.kind == "cart"
    assert event.data == await shop.read(guest)
    assert event.id.startswith(f"{event.data['version']}-")


async def test_a_change_reaches_the_tabs_of_every_process(shop: Shop, here: str, there: str) -> None:
    """The change is made in a third process, and is no tab's own."""
    guest = await shop.guest_cart({"mug": 1})

    async with tab(here, guest.path, guest.headers) as one, tab(there, guest.path, guest.headers) as other:
        await one.next(), await other.next()
        await shop.add(guest, "mug", 4)
        shown = await one.next(), await other.next()

    assert [event.lines for event in shown] == [{"mug": 5}, {"mug": 5}]
    assert shown[0].id == shown[1].id


async def test_the_guests_headers_open_the_stream_without_an_id_too(shop: Shop, here: str) -> None:
    """One address for whoever shops: a JWT or a session's headers."""
    guest = await shop.guest_cart({"mug": 3})

    async with tab(here, "/api/cart", guest.headers) as open_tab:
        assert (await open_tab.next()).lines == {"mug": 3}


async def test_a_customers_first_cart_reaches_the_devices_that_had_none(shop: Shop, here: str) -> None:
    """A device may be signed in before there is a cart."""
    customer = Customer(shop.customer("cleo"))

    async with tab(here, customer.path, customer.headers) as device:
        assert (await device.next()).data is None
        await shop.client.post("/api/cart", json={"currency": "USD"}, headers=customer.headers)
        await shop.add(customer, "mug", 2)
        await device.until_cart(customerId="cleo", version=2)


async def test_signing_in_moves_the_guests_tab_to_the_customers_cart(shop: Shop, here: str) -> None:
    """The session opens the cart no more, so that its stream ends; the customer's other device has what was in it."""
    guest, ada = await shop.guest_cart({"mug": 2}), shop.customer()

    async with tab(here, guest.path, guest.headers) as guests, tab(here, "/api/cart", ada) as device:
        await guests.next(), await device.next()
        merged = await shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=ada)
        assert merged.status_code == 200, merged.text
        end = await guests.end()
        shown = await device.until_cart(customerId="ada")

    assert end.data == {"reason": "SESSION_ENDED", "reconnect": False}
    assert shown.lines == {"mug": 2}


async def test_a_price_and_what_is_left_reach_the_tabs_with_the_product(shop: Shop, here: str, there: str) -> None:
    """The cart's version stays; the event's id is another one all the same."""
    await shop.stock("vase", price=9900)
    guest, other = await shop.guest_cart({"mug": 3}), await shop.guest_cart({"vase": 1})

    async with tab(here, guest.path, guest.headers) as open_tab, tab(there, other.path, other.headers) as unconcerned:
        first = await open_tab.next()
        await unconcerned.next()
        await shop.stock("mug", price=1400)
        dearer = await open_tab.next()
        await shop.left("mug", 1)
        scarce = await open_tab.next()
        await shop.add(other, "vase", 1)
        assert (await unconcerned.next()).lines == {"vase": 2}

    assert dearer.data["items"][0]["priceChanged"] == {"from": 1250, "to": 1400}
    assert scarce.data["items"][0]["availability"] == {"inStock": True, "left": 1}
    assert first.data["version"] == scarce.data["version"]
    assert len({first.id, dearer.id, scarce.id}) == 3


async def test_new_rules_of_price_reach_every_tab_of_the_company(shop: Shop, here: str) -> None:
    """Rules that change nothing of a cart send nothing: what comes next is what did."""
    guest = await shop.guest_cart({"mug": 1})
    rules = RuleSet(version=1, company_id=shop.company_id, published_at=datetime.now(UTC))

    async with tab(here, guest.path, guest.headers) as open_tab:
        await open_tab.next()
        event = RecordedEvent(RuleSetPublished(rule_set=rules), shop.company_id, shop.company_id, 1, datetime.now(UTC))
        await deliver(subscriptions, event, shop.database)
        await shop.add(guest, "mug", 1)
        assert (await open_tab.next()).lines == {"mug": 2}


async def test_the_end_of_a_hold_reaches_the_tab(shop: Shop, here: str, hints: ChangeAnnouncer) -> None:
    """Given back: by inventory's event. Over: by the clock, before inventory has published it."""
    guest, later = await shop.guest_cart({"mug": 1}), datetime.now(UTC) + timedelta(hours=1)
    cart_id, first, second = UUID(guest.cart_id), new_id(), new_id()

    async with tab(here, guest.path, guest.headers) as open_tab:
        assert (await open_tab.next()).data["hold"] is None
        async with shop.database.unit(shop.company_id) as unit:
            await holds.keep(unit, cart_id, HoldVersion(first, 1, "ACTIVE", later))
        released = HoldReleased(cart_id=cart_id, lines=(), reason="shopper")
        await deliver(subscriptions, RecordedEvent(released, shop.company_id, first, 2, later), shop.database)
        while (event := await open_tab.next()).data["hold"]["status"] != "RELEASED":
            pass
        soon = datetime.now(UTC) + timedelta(seconds=3)
        async with shop.database.unit(shop.company_id) as unit:
            await holds.keep(unit, cart_id, HoldVersion(second, 1, "ACTIVE", soon))
        await shop.stock("mug", price=1300)
        while (event := await open_tab.next()).data["hold"]["status"] != "EXPIRED":
            pass

    assert datetime.fromisoformat(event.data["hold"]["expiresAt"]) <= datetime.now(UTC)


async def test_an_ordered_cart_ends_its_streams(shop: Shop, here: str) -> None:
    """Nothing of it changes any more; who opens it again is told the same."""
    guest = await shop.guest_cart({"mug": 1})

    async with tab(here, guest.path, guest.headers) as open_tab:
        await open_tab.next()
        assert (await order(shop, guest, "A-1")).status_code == 200
        assert (await open_tab.end()).data == {"reason": "CART_CONVERTED", "reconnect": False}
    async with tab(here, guest.path, guest.headers) as late:
        assert (await late.next()).data["reason"] == "CART_CONVERTED"


async def test_each_tab_is_sent_its_own_language(shop: Shop, here: str) -> None:
    """Tabs of one cart may speak different languages."""
    guest = await shop.guest_cart({"mug": 1})

    async with (
        tab(here, guest.path, {**guest.headers, "accept-language": "de"}) as german,
        tab(here, guest.path, {**guest.headers, "accept-language": "fr"}) as french,
    ):
        await german.next(), await french.next()
        await shop.stock("mug", price=1500)
        sentences = [(await one.next()).data["notices"][0]["message"] for one in (german, french)]

    assert len(set(sentences)) == 2
    assert "The price of this item has changed." not in sentences
