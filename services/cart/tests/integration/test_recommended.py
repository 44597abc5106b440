"""What another service adds for a shopper: once for each Idempotency-Key (rules.md 10)."""

import asyncio
from typing import Any

import httpx
from servicekit.auth.service_tokens import mint_service_token
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop


async def recommend(shop: Shop, guest: Guest, sku: str, key: str, **body: Any) -> httpx.Response:
    """The upsell service adds a product to the guest's cart."""
    token = mint_service_token(SERVICE_TOKEN_SECRET, "upsell")
    return await shop.client.post(
        f"/internal/carts/{guest.cart_id}/items",
        json={"productId": str(shop.products[sku][0]), **body},
        headers={
            "authorization": f"Bearer {token}",
            "x-company-id": str(shop.company_id),
            "idempotency-key": key,
        },
    )


async def test_a_second_call_with_the_same_key_adds_nothing_more(shop: Shop) -> None:
    """Whether one after the other or at once, every answer is the first one."""
    guest = await shop.guest_cart()

    first = await recommend(shop, guest, "mug", "once")
    later = await asyncio.gather(*(recommend(shop, guest, "mug", "once") for _ in range(5)))

    assert first.status_code == 201
    assert {(answer.status_code, answer.content) for answer in later} == {(201, first.content)}
    assert await shop.lines(guest.headers) == {"mug": 1}


async def test_another_key_adds_another(shop: Shop) -> None:
    """The key is what says that two calls are one."""
    guest = await shop.guest_cart()

    answers = [await recommend(shop, guest, "mug", key) for key in ("once", "twice")]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert await shop.lines(guest.headers) == {"mug": 2}


async def test_a_refusal_is_replayed(shop: Shop) -> None:
    """It is an answer, and stays one when there is stock again."""
    await shop.stock("lamp", price=900, available=0)
    guest = await shop.guest_cart()

    first = await recommend(shop, guest, "lamp", "once")
    await shop.left("lamp", 5)
    second = await recommend(shop, guest, "lamp", "once")

    assert (first.status_code, first.json()["code"]) == (400, "ITEM_OUT_OF_STOCK")
    assert (second.status_code, second.content) == (400, first.content)


async def test_it_is_the_shopper_who_adds(shop: Shop) -> None:
    """The line has where it came from, and the cart's history whom it was added for."""
    guest = await shop.guest_cart()

    answer = await recommend(shop, guest, "mug", "once", source="upsell")

    detail = await shop.client.get(f"/api/admin/carts/{guest.cart_id}/activity", headers=shop.staff())
    assert answer.json()["items"][0]["source"] == "upsell"
    assert {entry["actor"] for entry in detail.json()["items"]} == {"shopper"}
