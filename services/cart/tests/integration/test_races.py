"""Requests that race for one thing that only one may have: united or refused, never a fault (rules.md 7, 11, 16)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from servicekit.testing.polling import poll

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


async def test_two_sign_ins_of_one_customer_end_in_one_cart(shop: Shop) -> None:
    """Two devices bring a guest's cart each at the same moment: the lines of both are in the customer's one cart."""
    async for here in shops(shop):
        guests = [await here.guest_cart({"mug": 2}), await here.guest_cart({"bowl": 3})]
        headers = here.customer()

        answers = await asyncio.gather(
            *(
                here.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=headers)
                for guest in guests
            )
        )

        assert [answer.status_code for answer in answers] == [200, 200]
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


@pytest.mark.parametrize("changed", ["guest", "customer", "both"])
@pytest.mark.parametrize("older", ["guest", "customer"])
async def test_a_sign_in_waits_for_changes_of_either_cart_in_a_shop_with_many(
    shop: Shop, older: str, changed: str
) -> None:
    """Whichever cart is held by a change that commits meanwhile, both are found again and united."""
    await fill_with_others(shop)
    guest = await shop.guest_cart({"mug": 1}) if older == "guest" else None
    made = await shop.client.post("/api/cart", json={}, headers=shop.customer())
    guest = guest or await shop.guest_cart({"mug": 1})
    held = {"guest": [guest.cart_id], "customer": [made.json()["id"]], "both": [guest.cart_id, made.json()["id"]]}

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET version = version + 1 WHERE id = ANY($1)", held[changed])
        merge = asyncio.create_task(
            shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer())
        )
        await poll(lambda: somebody_waits(shop))
    merged = await merge

    assert merged.status_code == 200, merged.text
    assert await shop.lines(shop.customer()) == {"mug": 1}


async def fill_with_others(shop: Shop) -> None:
    """So many carts of other guests that the database does not read all of them to find two."""
    async with shop.database.system_unit() as unit:
        await unit.execute(
            """
            INSERT INTO carts (id, company_id, site_id, status, currency, version, last_activity_at, check_at,
                expiry_check_at, has_contact, created_at, updated_at)
            SELECT gen_random_uuid(), $1, $2, 'ACTIVE', 'USD', 1, now(), now() + interval '1 day',
                now() + interval '9 days', false, now(), now() FROM generate_series(1, 3000)""",
            shop.company_id,
            shop.site_id,
        )
        await unit.execute("ANALYZE carts")


async def somebody_waits(shop: Shop) -> bool:
    """Whether a statement of this database waits for a lock."""
    async with shop.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
    return bool(waiting)
