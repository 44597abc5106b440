"""Requests that race for one thing that only one may have: united or refused, never a fault (rules.md 7, 11, 16)."""

import asyncio
from collections.abc import AsyncIterator

from ..shop import Shop
from .test_customers import customer_cart
from .test_ordering import order

ROUNDS = 15


async def shops(like: Shop) -> AsyncIterator[Shop]:
    """A fresh shop for each round, because one address may open ten carts a minute in one."""
    for _ in range(ROUNDS):
        shop = await Shop.open(like.client, like.database)
        await shop.stock("bowl", price=2400)
        yield shop


async def test_a_sign_in_beside_the_creation_of_the_customers_cart_ends_in_one_cart(shop: Shop) -> None:
    """Whoever is first, the customer has one open cart with the guest's lines in it."""
    async for here in shops(shop):
        guest = await here.guest_cart({"mug": 2})
        merge = here.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=here.customer())
        create = here.client.post("/api/cart", json={"currency": "USD"}, headers=here.customer())

        merged, created = await asyncio.gather(merge, create)

        assert merged.status_code == 200, merged.text
        assert created.status_code in {200, 201}, created.text
        assert merged.json()["id"] == created.json()["id"]
        assert await here.lines(here.customer()) == {"mug": 2}


async def test_three_sign_ins_of_one_customer_end_in_one_cart(shop: Shop) -> None:
    """Three devices bring a guest's cart each at the same moment: the lines of all are in the customer's one cart."""
    async for here in shops(shop):
        guests = [await here.guest_cart(lines) for lines in ({"mug": 2}, {"bowl": 3}, {"mug": 1})]
        headers = here.customer()

        answers = await asyncio.gather(
            *(
                here.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=headers)
                for guest in guests
            )
        )

        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert await here.lines(headers) == {"mug": 2, "bowl": 3}


async def test_two_carts_converted_under_one_order_id_make_one_order(shop: Shop) -> None:
    """One of them is the order; the other is refused and stays with its shopper."""
    async for here in shops(shop):
        carts = [await here.guest_cart({"mug": 1}) for _ in range(2)]

        answers = await asyncio.gather(*(order(here, guest, "A-1") for guest in carts))

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        refused = next(answer for answer in answers if answer.status_code == 409)
        assert refused.json()["code"] == "CART_CONVERTED"
        assert sorted([(await here.read(guest))["status"] for guest in carts]) == ["ACTIVE", "CONVERTED"]


async def test_a_cart_converted_under_two_order_ids_is_one_order(shop: Shop) -> None:
    """The order system requested it twice, under two names: one order is made."""
    async for here in shops(shop):
        guest = await here.guest_cart({"mug": 1})

        answers = await asyncio.gather(*(order(here, guest, f"B-{attempt}") for attempt in range(2)))

        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_cart_created_while_its_customer_signs_in_elsewhere_is_not_lost(shop: Shop) -> None:
    """A customer's cart that exists gets the guest's lines, whatever else the customer does at that moment."""
    async for here in shops(shop):
        guest = await here.guest_cart({"bowl": 1})
        await customer_cart(here, {"mug": 1})
        merge = here.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=here.customer())
        body = {"productId": str(here.products["mug"][0]), "quantity": 1}
        add = here.client.post("/api/cart/items", json=body, headers=here.customer())

        answers = await asyncio.gather(merge, add)

        assert {answer.status_code for answer in answers} <= {200, 201}
        assert await here.lines(here.customer()) == {"mug": 2, "bowl": 1}
