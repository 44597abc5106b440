"""What prices depend on of who buys: the token's groups and tax exemption, and whether it is a first order."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from cart.carts.persistence import orders
from cart.subscriptions import subscriptions
from contracts.envelope import RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet
from servicekit.ids import new_id
from servicekit.testing.delivery import deliver
from servicekit.testing.polling import poll
from servicekit.testing.tokens import mint_jwt

from ..shop import Customer, Guest, Shop
from .test_customers import customer_cart, sign_in
from .test_freezing import freeze
from .test_ordering import order

TRADE = {"name": "trade", "customerGroups": ["trade"]}
WELCOME = {"name": "welcome", "firstOrderOnly": True}
TAXES = [{"id": str(new_id()), "name": "Sales tax", "type": "SALES_TAX", "country": "US", "ratePpm": 100_000}]


def customer(shop: Shop, subject: str = "ada", **claims: Any) -> Customer:
    """A signed-in shopper whose token says this."""
    return Customer({"authorization": f"Bearer {mint_jwt(shop.company_id, subject, **claims)}"})


async def publish(shop: Shop, *promotions: dict[str, Any], **fields: Any) -> None:
    """Let pricing publish rules that take ten percent off the cart of whoever a promotion is for."""
    form = {"type": "PERCENTAGE_OFF", "scope": "CART", "basisPoints": 1000}
    now = datetime.now(UTC)
    rules = RuleSet(
        version=1,
        company_id=shop.company_id,
        published_at=now,
        promotions=[{"id": str(new_id()), **form, **promotion} for promotion in promotions],
        **fields,
    )
    event = RecordedEvent(RuleSetPublished(rule_set=rules), shop.company_id, shop.company_id, 1, now)
    await deliver(subscriptions, event, shop.database)


async def seen(shop: Shop, shopper: Customer) -> dict[str, Any]:
    """The shopper's cart."""
    answer = await shop.client.get("/api/cart", headers=shopper.headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def discounts(cart: dict[str, Any]) -> list[str]:
    """What is taken off a cart, by name."""
    return [discount["name"] for discount in cart["discounts"]]


async def kept(shop: Shop) -> list[dict[str, Any] | None]:
    """What the company's carts keep of their customers."""
    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT terms FROM carts WHERE company_id = $1", shop.company_id)
    return [row["terms"] for row in rows]


async def ordered(shop: Shop, cart_id: str, order_id: str, **body: Any) -> httpx.Response:
    """Order a cart, as the order system does."""
    return await order(shop, Guest(cart_id, "", {}), order_id, **body)


async def test_a_promotion_for_a_group_is_for_its_customers_only(shop: Shop) -> None:
    """A guest and another customer pay the price of everybody."""
    await publish(shop, TRADE)
    guest = await shop.guest_cart({"mug": 1})
    await customer_cart(shop, {"mug": 1}, "bob")
    trader = customer(shop, groups=["trade", "beta"])
    await shop.client.post("/api/cart", json={"currency": "USD"}, headers=trader.headers)

    added = await shop.add(trader, "mug")

    assert discounts(added.json()) == ["trade"]
    assert discounts(await shop.read(guest)) == []
    assert discounts(await seen(shop, customer(shop, "bob"))) == []


async def test_whoever_prices_the_cart_knows_the_groups(shop: Shop) -> None:
    """Another service reads the price that the customer saw, and the order is made at it."""
    await publish(shop, TRADE)
    trader = customer(shop, groups=["trade"])
    await shop.client.post("/api/cart", json={"currency": "USD"}, headers=trader.headers)
    total = (await shop.add(trader, "mug", 2)).json()["totals"]["total"]
    cart_id = (await seen(shop, trader))["id"]

    answer = await ordered(shop, cart_id, "O-1", expectedTotal=total)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["totals"]["total"], total) == (2250, 2250)


async def test_a_new_group_counts_as_soon_as_the_customer_looks(shop: Shop) -> None:
    """What is shown is kept: an order of it is not refused. Without the group the price is as before."""
    await publish(shop, TRADE)
    await customer_cart(shop, {"mug": 1})
    trader = customer(shop, groups=["trade"])
    before = await seen(shop, customer(shop))

    looked = await seen(shop, trader)
    opened = await shop.client.post("/api/cart", json={"currency": "USD"}, headers=trader.headers)
    at_that_price = await kept(shop)
    left = await seen(shop, customer(shop))

    assert (discounts(before), discounts(looked), discounts(opened.json())) == ([], ["trade"], ["trade"])
    assert before["version"] == looked["version"]
    assert at_that_price == [{"groups": ["trade"], "taxExempt": False}]
    assert (discounts(left), await kept(shop)) == ([], [{"groups": [], "taxExempt": False}])


async def test_an_exempt_customer_pays_no_tax(shop: Shop) -> None:
    """Everybody else pays it; an order is made without it too."""
    await publish(shop, tax_rates=TAXES, default_country="US")
    guest = await shop.guest_cart({"mug": 1})
    exempt = customer(shop, tax_exempt=True)

    await shop.client.post("/api/cart", json={"currency": "USD"}, headers=exempt.headers)
    totals = (await shop.add(exempt, "mug")).json()["totals"]
    answer = await ordered(shop, (await seen(shop, exempt))["id"], "O-1")

    assert (await shop.read(guest))["totals"]["taxTotal"] == 125
    assert (totals["taxTotal"], totals["total"]) == (0, 1250)
    assert answer.json()["totals"]["taxTotal"] == 0


async def test_a_first_order_promotion_is_for_one_order(shop: Shop) -> None:
    """The customer's next cart has it no more, also on another site, and also a cart that was open before."""
    await publish(shop, WELCOME)
    other = await shop.client.post("/api/admin/sites", json={"name": "Outlet", "currency": "USD"}, headers=shop.staff())
    query = {"siteId": other.json()["id"]}
    ada = customer(shop)
    await customer_cart(shop, {"mug": 1})
    await shop.client.post("/api/cart", json={"currency": "USD"}, params=query, headers=ada.headers)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1}
    waiting = await shop.client.post("/api/cart/items", json=body, params=query, headers=ada.headers)
    first = await seen(shop, ada)

    await ordered(shop, first["id"], "O-1", expectedTotal=first["totals"]["total"])
    await customer_cart(shop, {"mug": 1})
    late = await shop.client.get("/api/cart", params=query, headers=ada.headers)

    assert (discounts(waiting.json()), discounts(first), first["pricing"]) == (["welcome"], ["welcome"], "final")
    assert discounts(await seen(shop, ada)) == []
    assert discounts(late.json()) == []


async def test_two_first_orders_at_once_are_one(shop: Shop) -> None:
    """A cart that is ordered while another of its customer is being ordered is judged after that one."""
    await publish(shop, WELCOME)
    other = await shop.client.post("/api/admin/sites", json={"name": "Outlet", "currency": "USD"}, headers=shop.staff())
    query, ada = {"siteId": other.json()["id"]}, customer(shop)
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1}
    await customer_cart(shop, {"mug": 1})
    first = await seen(shop, ada)
    await shop.client.post("/api/cart", json={}, params=query, headers=ada.headers)
    second = await shop.client.post("/api/cart/items", json=body, params=query, headers=ada.headers)

    async with shop.database.unit(shop.company_id) as unit:
        await orders.one_at_a_time(unit, UUID(first["id"]))
        later = asyncio.create_task(ordered(shop, second.json()["id"], "O-2", expectedTotal=1125))
        await poll(lambda: _waits_or_is(later, shop))
        await unit.execute("UPDATE carts SET status = 'CONVERTED' WHERE id = $1", UUID(first["id"]))

    refused = (await later).json()
    assert (refused.get("code"), refused.get("total")) == ("CONFLICT", 1250)


async def _waits_or_is(task: asyncio.Task[httpx.Response], shop: Shop) -> bool:
    """Whether somebody waits for another's order, or the task is done."""
    async with shop.database.unit(shop.company_id) as unit:
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
        return task.done() or bool(await unit.fetchval(waiting))


@pytest.mark.parametrize("has_cart", [False, True])
async def test_signing_in_brings_the_customers_terms(shop: Shop, *, has_cart: bool) -> None:
    """A guest's estimate of a first order ends where the customer has ordered before."""
    await publish(shop, WELCOME)
    await customer_cart(shop, {"mug": 1})
    await ordered(shop, (await seen(shop, customer(shop)))["id"], "O-1")
    guest = await shop.guest_cart({"mug": 1})
    estimate = await shop.read(guest)
    if has_cart:
        await customer_cart(shop, {"mug": 1})

    merged = await sign_in(shop, guest)

    assert (discounts(estimate), estimate["pricing"]) == (["welcome"], "estimated")
    assert (discounts(merged), merged["pricing"]) == ([], "final")


async def test_a_frozen_cart_keeps_the_price_of_its_customer(shop: Shop) -> None:
    """Neither another token nor another order changes it until it thaws (rules.md 14)."""
    await publish(shop, TRADE, WELCOME)
    trader = customer(shop, groups=["trade"])
    await shop.client.post("/api/cart", json={"currency": "USD"}, headers=trader.headers)
    added = (await shop.add(trader, "mug")).json()
    assert (await freeze(shop, Guest(added["id"], "", {}))).status_code == 200

    seen_without = await seen(shop, customer(shop))

    assert seen_without["totals"] == added["totals"]
    assert await kept(shop) == [{"groups": ["trade"], "taxExempt": False}]


@pytest.mark.parametrize("claims", [{"groups": "trade"}, {"groups": [str(n) for n in range(51)]}, {"tax_exempt": "no"}])
async def test_a_token_of_a_wrong_form_is_refused(shop: Shop, claims: dict[str, Any]) -> None:
    """A text is no list, and `"no"` is not taken for true."""
    answer = await shop.client.get("/api/cart", headers=customer(shop, **claims).headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")
