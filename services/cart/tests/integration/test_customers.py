"""A signed-in customer's cart, and what becomes of the guest's at sign-in (rules.md 7, 11)."""

import asyncio
from typing import Any

import pytest

from ..shop import Guest, Shop
from .test_ordering import order


async def sign_in(shop: Shop, guest: Guest, customer: str = "ada", **body: Any) -> dict[str, Any]:
    """Merge the guest's cart into the customer's."""
    answer = await shop.client.post(
        "/api/cart/merge", json={"sessionToken": guest.token, **body}, headers=shop.customer(customer)
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def customer_cart(shop: Shop, lines: dict[str, int], customer: str = "ada") -> None:
    """A customer with a cart of these skus."""
    headers = shop.customer(customer)
    await shop.client.post("/api/cart", json={"currency": "USD"}, headers=headers)
    for sku, quantity in lines.items():
        body = {"productId": str(shop.products[sku][0]), "quantity": quantity}
        assert (await shop.client.post("/api/cart/items", json=body, headers=headers)).status_code == 201


async def seen_by_staff(shop: Shop, guest: Guest) -> dict[str, Any]:
    """A guest's cart as support reads it, whatever became of it."""
    answer = await shop.client.get(f"/api/admin/carts/{guest.cart_id}", headers=shop.staff())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_customer_has_one_open_cart_however_often_it_is_created(shop: Shop) -> None:
    """Eight creations at once make one cart: one 201, seven 200, one id."""
    answers = await asyncio.gather(
        *(shop.client.post("/api/cart", json={"currency": "USD"}, headers=shop.customer()) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_guest_without_a_customers_cart_brings_theirs(shop: Shop) -> None:
    """The guest's cart becomes the customer's."""
    guest = await shop.guest_cart({"mug": 2})

    merged = await sign_in(shop, guest)

    assert merged["id"] == guest.cart_id
    assert merged["customerId"] == "ada"
    assert await shop.lines(shop.customer()) == {"mug": 2}


@pytest.mark.parametrize(
    ("strategy", "mugs"), [(None, 3), ("larger", 3), ("sum", 5), ("guest_wins", 2), ("customer_wins", 3)]
)
async def test_merging_twice_changes_nothing(shop: Shop, strategy: str | None, mugs: int) -> None:
    """A retried sign-in must not double the guest's quantities (rules.md 11)."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 2, "bowl": 1})
    await customer_cart(shop, {"mug": 3})
    body = {"strategy": strategy} if strategy else {}

    first = await sign_in(shop, guest, **body)
    again = await sign_in(shop, guest, **body)

    assert await shop.lines(shop.customer()) == {"mug": mugs, "bowl": 1}
    assert {change["sku"] for change in first["mergeChanges"]} == ({"bowl"} if mugs == 3 else {"mug", "bowl"})
    assert again["mergeChanges"] == []
    assert (await seen_by_staff(shop, guest))["status"] == "MERGED"


async def test_a_merged_cart_is_final(shop: Shop) -> None:
    """The order system, which has it by its id, is answered where it went; its lines stay readable for support."""
    guest = await shop.guest_cart({"mug": 2})
    await customer_cart(shop, {"mug": 1})
    await sign_in(shop, guest)

    refused = await order(shop, guest, "A-1")

    assert (refused.status_code, refused.json()["code"]) == (409, "CART_MERGED")
    assert [line["quantity"] for line in (await seen_by_staff(shop, guest))["items"]] == [2]


async def test_merges_that_race_with_adds_lose_nothing(shop: Shop) -> None:
    """Signing in on three tabs while adding on others: every accepted add is in one of the two carts' story."""
    guest = await shop.guest_cart({"mug": 1})
    await customer_cart(shop, {"mug": 1})

    adds = [shop.add(guest, "mug") for _ in range(5)]
    merges = [
        shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer())
        for _ in range(3)
    ]
    answers = await asyncio.gather(*adds, *merges)

    accepted = sum(answer.status_code == 200 for answer in answers[:5])
    assert {answer.status_code for answer in answers[5:]} == {200}
    assert all(answer.status_code in {200, 404} for answer in answers[:5])
    merged = await sign_in(shop, guest)
    assert {line["sku"]: line["quantity"] for line in merged["items"]} == {"mug": max(1, 1 + accepted)}


async def test_another_customer_cannot_take_a_merged_cart(shop: Shop) -> None:
    """The token of a cart that became somebody's opens nothing for somebody else."""
    guest = await shop.guest_cart({"mug": 1})
    await sign_in(shop, guest, "ada")

    refused = await shop.client.post(
        "/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer("eve")
    )

    assert (refused.status_code, refused.json()["code"]) == (404, "CART_NOT_FOUND")


async def test_a_sign_in_leaves_the_customers_cart_of_another_site_alone(shop: Shop) -> None:
    """A customer has one open cart on each site (rules.md 7): the guest's becomes theirs on its own."""
    made = await shop.client.post(
        "/api/admin/sites", json={"name": "Elsewhere", "currency": "USD"}, headers=shop.staff()
    )
    elsewhere = {"siteId": made.json()["id"]}
    there = await shop.client.post("/api/cart", json={"currency": "USD", **elsewhere}, headers=shop.customer())
    guest = await shop.guest_cart({"mug": 2})

    merged = await sign_in(shop, guest)

    other = await shop.client.get("/api/cart", params=elsewhere, headers=shop.customer())
    assert (merged["id"], merged["mergeChanges"]) == (guest.cart_id, [])
    assert (other.json()["id"], other.json()["items"]) == (there.json()["id"], [])
