"""A cart becomes an order, exactly once (rules.md 16)."""

import asyncio
from typing import Any

import httpx
from contracts.cart import CartConverted
from servicekit.auth.service_tokens import mint_service_token
from servicekit.ids import new_id
from servicekit.testing import published
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop


async def order(shop: Shop, guest: Guest, order_id: str, **body: Any) -> httpx.Response:
    """What the shop's order system asks for."""
    token = mint_service_token(SERVICE_TOKEN_SECRET, "order-system")
    return await shop.client.post(
        f"/internal/carts/{guest.cart_id}/convert",
        json={"orderId": order_id, **body},
        headers={"authorization": f"Bearer {token}", "x-company-id": str(shop.company_id)},
    )


async def test_an_order_is_taken_once_however_often_it_is_requested(shop: Shop) -> None:
    """Ten calls at once for one order convert once; every answer is the same."""
    guest = await shop.guest_cart({"mug": 2})

    answers = await asyncio.gather(*(order(shop, guest, "A-1") for _ in range(10)))

    sales = [e.data for e in await published(shop.database, CartConverted) if e.company_id == shop.company_id]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["totals"]["total"] == 2500
    assert len(sales) == 1
    assert isinstance(sales[0], CartConverted)
    assert [(line.sku, line.quantity) for line in sales[0].lines] == [("mug", 2)]


async def test_another_order_of_the_same_cart_is_refused(shop: Shop) -> None:
    """One cart, one order; one order, one cart."""
    guest, other = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    await order(shop, guest, "A-1")

    answers = [await order(shop, guest, "A-2"), await order(shop, other, "A-1")]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "CART_CONVERTED")] * 2
    assert (await shop.read(other))["status"] == "ACTIVE"


async def test_what_was_not_ordered_stays_with_the_shopper(shop: Shop) -> None:
    """A line added while payment was under way lives on in a new cart, opened by the same token."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 3})
    mugs = (await shop.read(guest))["items"][0]["id"]
    await shop.add(guest, "bowl", 1)

    ordered = await order(shop, guest, "A-1", lines=[{"lineId": mugs, "quantity": 2}], expectedTotal=2500)
    again = await order(shop, guest, "A-1", lines=[{"lineId": mugs, "quantity": 2}], expectedTotal=2500)

    rest = await shop.read(guest)
    assert ordered.json()["totals"]["total"] == 2500
    assert again.json() == ordered.json()
    assert rest["id"] == ordered.json()["remainingCartId"]
    assert rest["status"] == "ACTIVE"
    assert {line["sku"]: line["quantity"] for line in rest["items"]} == {"mug": 1, "bowl": 1}


async def test_a_total_that_is_not_the_carts_is_refused(shop: Shop) -> None:
    """The order system charged something else than the total of the cart: nothing is converted."""
    guest = await shop.guest_cart({"mug": 1})

    refused = await order(shop, guest, "A-1", expectedTotal=1)

    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert (await shop.read(guest))["status"] == "ACTIVE"


async def test_an_empty_cart_cannot_be_ordered(shop: Shop) -> None:
    """There is nothing to order."""
    refused = await order(shop, await shop.guest_cart(), "A-1")

    assert (refused.status_code, refused.json()["code"]) == (409, "CART_EMPTY")


async def test_a_shopper_cannot_convert(shop: Shop) -> None:
    """Only a service token does."""
    guest = await shop.guest_cart({"mug": 1})

    refused = await shop.client.post(
        f"/internal/carts/{guest.cart_id}/convert", json={"orderId": "A-1"}, headers=shop.customer()
    )

    assert refused.status_code == 401


async def test_an_order_of_another_cart_is_refused_whatever_else_is_wrong(shop: Shop) -> None:
    """The order system learns first that its order id is taken."""
    first, empty, other = await shop.guest_cart({"mug": 1}), await shop.guest_cart(), await shop.guest_cart({"mug": 1})
    await order(shop, first, "A-1")

    answers = [
        await order(shop, empty, "A-1"),
        await order(shop, other, "A-1", lines=[{"lineId": str(new_id()), "quantity": 1}]),
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(409, "CART_CONVERTED")] * 2
