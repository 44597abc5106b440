"""Where a cart goes and how is kept on it, and prices it from then on (rules.md 37)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from cart.erasures import repository as erasures
from contracts.cart import CartConverted, CartUpdated
from servicekit.db import Database
from servicekit.testing import published

from ...shop import Customer, Shop
from ..test_customers import customer_cart, sign_in
from ..test_ordering import order
from .conftest import BOAT, COURIER, POST, Pricing, choose, forget, ship_to


def sums(cart: dict[str, Any]) -> tuple[int, int, int]:
    """What a cart costs: shipping with its tax, tax in all, total."""
    totals = cart["totals"]
    return totals["shippingTotal"], totals["taxTotal"], totals["total"]


async def test_an_address_prices_the_cart_until_it_is_forgotten(shop: Shop, pricing: Pricing) -> None:
    """In the answer, when it is read and when it changes; another place asks pricing anew."""
    guest = await shop.guest_cart({"mug": 2})

    set_ = (await ship_to(shop, guest, "us", state="ca", postalCode="90210", city="Beverly Hills")).json()
    read, added = await shop.read(guest), (await shop.add(guest, "mug", 2)).json()
    moved = (await ship_to(shop, guest, "FR")).json()
    forgotten = await forget(shop, guest, "address")

    assert set_["address"] == {"country": "US", "state": "CA", "postalCode": "90210", "city": "Beverly Hills"}
    assert set_["shippingOption"] == {"id": str(POST.id), "name": "Post", "amount": 550}
    assert sums(set_) == sums(read) == (550, 300, 3300)
    assert sums(added) == (550, 550, 6050)
    assert (sums(moved), moved["address"]["country"]) == ((600, 1100, 6600), "FR")
    assert (sums(forgotten), forgotten["address"], forgotten["shippingOption"]) == ((0, 0, 5000), None, None)
    assert [address["country"] for address in pricing.requested] == ["US", "FR"]


async def test_the_chosen_way_to_ship_is_charged_as_long_as_it_is_offered(shop: Shop) -> None:
    """Elsewhere it may not be: then the cheapest is, and the cart says so until the shopper chooses again."""
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "US")

    chosen = (await choose(shop, guest, COURIER)).json()
    elsewhere = (await ship_to(shop, guest, "MT")).json()
    back = (await ship_to(shop, guest, "FR")).json()
    anything = await forget(shop, guest, "shipping-option")

    ways = [cart["shippingOption"]["name"] for cart in (chosen, elsewhere, back, anything)]
    assert ways == ["Courier", "Boat", "Courier", "Post"]
    assert sums(chosen) == (1650, 400, 4400)
    notices = [[notice["code"] for notice in cart["notices"]] for cart in (chosen, elsewhere, back, anything)]
    assert notices == [[], ["SHIPPING_OPTION_UNAVAILABLE"], [], []]


@pytest.mark.parametrize("country", ["US", None])
async def test_a_way_to_ship_that_is_not_offered_is_refused(shop: Shop, country: str | None) -> None:
    """Nor is any where nobody knows where to; the cart stays as it is, its version too."""
    guest = await shop.guest_cart({"mug": 1})
    if country:
        await ship_to(shop, guest, country)
    before = await shop.read(guest)

    refused = await choose(shop, guest, BOAT)

    assert (refused.status_code, refused.json()["code"]) == (409, "SHIPPING_OPTION_UNAVAILABLE")
    assert await shop.read(guest) == before


async def test_while_pricing_is_away_the_address_stays_and_shopping_goes_on(shop: Shop, pricing: Pricing) -> None:
    """A clear 503, the cart untouched; what was answered before prices it on."""
    guest = await shop.guest_cart({"mug": 2})
    before = (await ship_to(shop, guest, "US")).json()
    pricing.is_away = True

    refused = await ship_to(shop, guest, "FR")

    assert (refused.status_code, refused.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert (await shop.read(guest)) == before
    assert sums((await shop.add(guest, "mug", 2)).json()) == (550, 550, 6050)


async def test_the_order_has_the_address_and_the_taxes_that_the_shopper_was_shown(shop: Shop) -> None:
    """In its record whole; in the event only what taxes and figures need of it (rules.md 35)."""
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "US", state="CA", postalCode="90210", city="Beverly Hills")
    shown = (await choose(shop, guest, COURIER)).json()

    ordered = await order(shop, guest, "A-1", expectedTotal=shown["totals"]["total"])

    record = (await shop.client.get(f"/api/admin/carts/{guest.cart_id}", headers=shop.staff())).json()
    (sale,) = [e.data for e in await published(shop.database, CartConverted) if e.company_id == shop.company_id]
    assert isinstance(sale, CartConverted)
    assert ordered.status_code == 200, ordered.text
    for what in ("address", "shippingOption", "totals"):
        assert record[what] == shown[what]
    assert (sale.totals.tax_total, sale.totals.shipping_total, sale.country, sale.state) == (400, 1650, "US", "CA")
    assert sale.shipping is not None
    assert (sale.shipping.name, sale.shipping.amount) == ("Courier", 1650)
    assert [(tax.name, tax.rate_ppm, tax.amount) for tax in sale.taxes] == [("Tax", 100_000, 400)]
    assert "90210" not in sale.model_dump_json()


async def test_what_an_order_leaves_over_goes_to_the_same_place(shop: Shop) -> None:
    """The shopper goes on where they were."""
    guest = await shop.guest_cart({"mug": 3})
    await ship_to(shop, guest, "US")
    mugs = (await choose(shop, guest, COURIER)).json()["items"][0]["id"]

    await order(shop, guest, "A-1", lines=[{"lineId": mugs, "quantity": 2}])

    rest = await shop.read(guest)
    assert (rest["address"]["country"], rest["shippingOption"]["name"]) == ("US", "Courier")
    assert sums(rest) == (1650, 275, 3025)


@pytest.mark.parametrize(("own", "expected"), [(None, "FR"), ("US", "US")])
async def test_sign_in_takes_the_guests_address_where_the_customer_has_none(
    shop: Shop, own: str | None, expected: str
) -> None:
    """The customer's own stays."""
    ada = Customer(shop.customer())
    await customer_cart(shop, {"mug": 1})
    if own:
        await ship_to(shop, ada, own)
    guest = await shop.guest_cart({"mug": 2})
    await ship_to(shop, guest, "FR")

    merged = await sign_in(shop, guest)

    read = (await shop.client.get("/api/cart", headers=ada.headers)).json()
    assert merged["address"]["country"] == read["address"]["country"] == expected


async def test_adds_beside_an_address_are_all_there(shop: Shop) -> None:
    """Each is applied to the cart as it is; whoever comes last prices both."""
    guest = await shop.guest_cart({"mug": 1})

    adds = [shop.add(guest, "mug", 1) for _ in range(5)]
    answers = await asyncio.gather(*adds, *(ship_to(shop, guest, country) for country in ("US", "FR")))

    cart = await shop.read(guest)
    updates = [e for e in await published(shop.database, CartUpdated) if e.aggregate_id == cart["id"]]
    assert {answer.status_code for answer in answers} == {200}
    assert cart["totals"]["subtotal"] == 6 * 1250
    rate = {"US": 10, "FR": 5}[cart["address"]["country"]]
    assert sums(cart) == (500 + 500 // rate, 8000 // rate, 8000 + 8000 // rate)
    assert len(updates) == len({event.version for event in updates})


async def test_a_retry_under_its_key_asks_pricing_once(shop: Shop, pricing: Pricing) -> None:
    """The answer is the first one's."""
    guest = await shop.guest_cart({"mug": 1})
    headers = {**guest.headers, "idempotency-key": "once"}

    first, again = [
        await shop.client.put(f"{guest.path}/address", json={"country": "US"}, headers=headers) for _ in range(2)
    ]

    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert len(pricing.requested) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"country": "USA"}, "country"),
        ({"country": "US", "state": "California!"}, "state"),
        ({"country": "US", "postalCode": "9" * 13}, "postalCode"),
        ({"country": "US", "city": "x\u202ey"}, "city"),
        ({"country": "US", "street": "Main"}, "street"),
    ],
)
async def test_an_address_that_is_none_is_refused_by_field(
    shop: Shop, pricing: Pricing, body: dict[str, str], field: str
) -> None:
    """Before pricing is asked."""
    guest = await shop.guest_cart()

    refused = await shop.client.put(f"{guest.path}/address", json=body, headers=guest.headers)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert pricing.requested == []


async def test_a_stranger_sets_no_address(shop: Shop, pricing: Pricing) -> None:
    """A token that opens nothing is 404, and pricing is not asked."""
    guest = await shop.guest_cart({"mug": 1})

    for method, what in (("PUT", "address"), ("DELETE", "address"), ("DELETE", "shipping-option")):
        body = {"json": {"country": "US"}} if method == "PUT" else {}
        answer = await shop.client.request(method, f"{guest.path}/{what}", headers=shop.stranger(guest), **body)
        assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")

    assert pricing.requested == []


async def test_an_erasure_takes_the_address_away_and_leaves_the_amounts(shop: Shop, database: Database) -> None:
    """Off the cart's row and out of the order's record."""
    guest = await shop.guest_cart({"mug": 2})
    shown = (await ship_to(shop, guest, "US", postalCode="90210", city="Beverly Hills")).json()
    await order(shop, guest, "A-1")

    async with database.unit(shop.company_id) as unit:
        await erasures.anonymise(unit, [UUID(guest.cart_id)])
        row = await unit.fetchval("SELECT carts::text FROM carts WHERE company_id = $1", unit.company_id)

    record = (await shop.client.get(f"/api/admin/carts/{guest.cart_id}", headers=shop.staff())).json()
    assert (record["address"], record["totals"]) == (None, shown["totals"])
    assert not [word for word in ("90210", "Beverly") if word in row]
