"""A guest's tokens open nothing of the customer's from the sign-in on (rules.md 11), and restores make few of them."""

import asyncio
from typing import Any

import pytest
from servicekit.auth.service_tokens import mint_service_token
from servicekit.ids import hash_token, new_id
from servicekit.testing.polling import poll
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop
from .test_customers import customer_cart, sign_in
from .test_lifecycle import restore
from .test_ordering import order
from .test_sign_in_races import somebody_waits

NONE = {
    "code": "NONE",
    "rule": {
        "id": str(new_id()),
        "name": "Ten percent",
        "type": "PERCENTAGE_OFF",
        "scope": "CART",
        "basisPoints": 1000,
    },
    "expiresAt": "2100-01-01T00:00:00+00:00",
}
"""A code as the cart's row has it."""


async def by_adoption(shop: Shop) -> Guest:
    """A guest whose cart became the customer's, who had none."""
    guest = await shop.guest_cart({"mug": 5})
    await sign_in(shop, guest)
    return guest


async def by_merge(shop: Shop) -> Guest:
    """A guest whose cart was united with the customer's."""
    guest = await shop.guest_cart({"mug": 5})
    await customer_cart(shop, {"mug": 1})
    await sign_in(shop, guest)
    return guest


async def by_adoption_and_partial_order(shop: Shop) -> Guest:
    """A guest whose cart became the customer's, who then ordered a part of it: the rest is a cart of its own."""
    guest = await by_adoption(shop)
    line = (await shop.client.get("/api/cart", headers=shop.customer())).json()["items"][0]["id"]
    assert (await order(shop, guest, "A-1", lines=[{"lineId": line, "quantity": 2}])).status_code == 200
    return guest


SIGN_INS = pytest.mark.parametrize("signed_in", [by_adoption, by_merge, by_adoption_and_partial_order])


@SIGN_INS
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/public/cart", None),
        ("POST", "/api/public/cart/{cart}/items", {"productId": "{mug}", "quantity": 50}),
        ("PATCH", "/api/public/cart/{cart}/items/{line}", {"quantity": 55}),
        ("DELETE", "/api/public/cart/{cart}/items/{line}", None),
        ("POST", "/api/public/cart/{cart}/contact", {"email": "eve@example.com", "consent": True}),
        ("POST", "/api/public/cart/{cart}/discount", {"code": "SAVE10"}),
        ("DELETE", "/api/public/cart/{cart}/discount/SAVE10", None),
        ("DELETE", "/api/cart/{cart}/hold", None),
        ("GET", "/api/cart/{cart}/hold/status", None),
        ("POST", "/api/cart/shipping/estimate", {"country": "US"}),
        ("GET", "/api/cart/shipping/rates?country=US", None),
        ("POST", "/api/cart/tax/estimate", {"country": "US"}),
    ],
)
async def test_a_guests_token_opens_nothing_after_the_sign_in(
    shop: Shop, signed_in: Any, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """Neither the cart that became the customer's nor what it became: for the token there is none (404)."""
    guest = await signed_in(shop)
    before = (await shop.client.get("/api/cart", headers=shop.customer())).json()
    ids = {"cart": before["id"], "line": before["items"][0]["id"], "mug": str(shop.products["mug"][0])}
    sent = {name: ids["mug"] if value == "{mug}" else value for name, value in (body or {}).items()}

    answer = await shop.client.request(
        method, path.format_map(ids), headers=guest.headers, json=sent if body is not None else None
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND"), answer.text
    assert (await shop.client.get("/api/cart", headers=shop.customer())).json()["version"] == before["version"]


@SIGN_INS
async def test_no_other_service_is_told_that_the_token_opens_a_cart(shop: Shop, signed_in: Any) -> None:
    """Upsell and checkout authorise their shoppers here."""
    guest = await signed_in(shop)
    body = {"sessionHash": hash_token(guest.token).hex()}
    token = mint_service_token(SERVICE_TOKEN_SECRET, "upsell")

    answer = await shop.client.post(
        "/internal/carts/authorize", json=body, headers={**shop.anybody(), "authorization": f"Bearer {token}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


@SIGN_INS
async def test_nobody_else_signs_in_with_the_token(shop: Shop, signed_in: Any) -> None:
    """Another customer gets nothing by it, and does not learn what became of the cart."""
    guest = await signed_in(shop)

    answer = await shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer("eve"))

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


@SIGN_INS
async def test_the_customers_retry_of_the_sign_in_is_answered(shop: Shop, signed_in: Any) -> None:
    """Without a key as well: with the cart that is theirs, unchanged."""
    guest = await signed_in(shop)
    before = await shop.lines(shop.customer())

    again = await sign_in(shop, guest)

    assert again["mergeChanges"] == []
    assert await shop.lines(shop.customer()) == before


async def test_the_token_of_an_ordered_cart_says_nothing_to_another_customer(shop: Shop) -> None:
    """A cart that became ada's and was ordered is none for eve, not an ordered one."""
    guest = await by_adoption(shop)
    assert (await order(shop, guest, "A-1")).status_code == 200

    answer = await shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer("eve"))

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


async def test_restoring_again_and_again_ends_the_oldest_restored_tokens(shop: Shop) -> None:
    """Five visitors of a link have the cart open at most; the guest's own browser keeps it (rules.md 29)."""
    guest = await shop.guest_cart({"mug": 2})

    tokens = [(await restore(shop, guest, new_id())).json()["sessionToken"] for _ in range(7)]

    opened = [
        (await shop.client.get("/api/public/cart", headers={**guest.headers, "x-session-token": token})).status_code
        for token in [guest.token, *tokens]
    ]
    assert opened == [200, 404, 404, 200, 200, 200, 200, 200]


async def test_an_estimate_needs_a_cart_of_the_session(shop: Shop) -> None:
    """A token that was never given out opens no cart, so there is nothing to estimate: not that of an empty one."""
    guest = await shop.guest_cart({"mug": 1})

    answers = [
        await shop.client.post(path, json={"country": "US"}, headers=shop.stranger(guest))
        for path in ("/api/cart/shipping/estimate", "/api/cart/tax/estimate")
    ]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [(404, "CART_NOT_FOUND")] * 2


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("change", ["items", "contact", "discount/NONE"])
async def test_a_guests_change_that_a_sign_in_overtakes_has_no_effect(shop: Shop, change: str, keyed: bool) -> None:
    """It had read the guest's cart, and finds it a customer's when it is to be saved."""
    guest = await shop.guest_cart({"mug": 5})
    headers = {**guest.headers, **({"idempotency-key": "k-1"} if keyed else {})}
    bodies = {
        "items": {"productId": str(shop.products["mug"][0]), "quantity": 50},
        "contact": {"email": "eve@example.com", "consent": True},
    }
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET codes = $2 WHERE id = $1", guest.cart_id, [NONE])

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET customer_id = 'ada', version = version + 1 WHERE id = $1", guest.cart_id)
        method = "POST" if change in bodies else "DELETE"
        changing = asyncio.create_task(
            shop.client.request(method, f"{guest.path}/{change}", json=bodies.get(change), headers=headers)
        )
        await poll(lambda: somebody_waits(shop))
    answer = await changing

    mine = (await shop.client.get("/api/cart", headers=shop.customer())).json()
    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")
    assert (mine["version"], [line["quantity"] for line in mine["items"]]) == (3, [5])
