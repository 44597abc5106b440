"""Orders of tests, wherever they are: in the database or in the archive."""

from uuid import UUID

import httpx
from cart.archive import repository

from ...shop import Customer, Guest, Shop
from ..test_cleanup import parts_of
from ..test_ordering import order


async def ordered(shop: Shop, count: int = 1, **lines: int) -> list[Guest]:
    """Guests who have ordered what was in their carts."""
    guests = [await shop.guest_cart(lines or {"mug": 2}) for _ in range(count)]
    for guest in guests:
        assert (await order(shop, guest, f"A-{guest.cart_id}")).status_code == 200
    return guests


async def seen(shop: Shop, cart_id: str, path: str = "", staff: dict[str, str] | None = None) -> httpx.Response:
    """What staff see of a cart."""
    params = {"explain": "true"} if not path else {}
    address = f"/api/admin/carts/{cart_id}{path}"
    return await shop.client.get(address, params=params, headers=staff or shop.staff("support"))


async def archived(shop: Shop, *guests: Guest) -> set[str]:
    """Which of these carts the archive has."""
    async with shop.database.unit(shop.company_id) as unit:
        places = [await repository.place_of(unit, UUID(guest.cart_id)) for guest in guests]
    return {str(place.cart_id) for place in places if place}


async def whole(shop: Shop, *guests: Guest) -> None:
    """Check that each cart is here or in the archive, whole, and that staff can read it."""
    here, there = await parts_of(shop, *guests), await archived(shop, *guests)
    assert all(carts == here["carts"] for carts in here.values())
    assert here["carts"].isdisjoint(there)
    assert here["carts"] | there == {guest.cart_id for guest in guests}
    for guest in guests:
        assert (await seen(shop, guest.cart_id)).json()["totals"]["total"] == 2500


def prefix(shop: Shop) -> str:
    """Where the company's objects are."""
    return f"carts/company_id={shop.company_id}/"


async def orders_as(shop: Shop, customer_id: str) -> str:
    """A customer orders two mugs, engraved with their name; the cart's id."""
    customer = Customer(shop.customer(customer_id))
    cart = (await shop.client.post("/api/cart", json={}, headers=customer.headers)).json()
    body = {"productId": str(shop.products["mug"][0]), "quantity": 2, "meta": {"engraving": f"for {customer_id}"}}
    assert (await shop.client.post("/api/cart/items", json=body, headers=customer.headers)).is_success
    assert (await order(shop, Guest(cart["id"], "", {}), f"A-{cart['id']}")).status_code == 200
    return str(cart["id"])
