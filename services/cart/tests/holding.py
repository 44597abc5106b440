"""What shoppers do with carts that hold stock, and how it looks from outside."""

import httpx

from .shop import Guest, Shop


async def hold(shop: Shop, guest: Guest, method: str = "POST", **headers: str) -> httpx.Response:
    """Place or release the guest's hold."""
    path = f"/api/cart/{guest.cart_id}/hold"
    return await shop.client.request(method, path, headers={**guest.headers, **headers})


async def held_cart(shop: Shop, quantity: int = 2) -> Guest:
    """A guest whose cart of mugs holds them."""
    guest = await shop.guest_cart({"mug": quantity})
    answer = await hold(shop, guest)
    assert answer.status_code == 201, answer.text
    return guest


async def first_line(shop: Shop, guest: Guest) -> str:
    """The id of the guest's first line."""
    return str((await shop.read(guest))["items"][0]["id"])


async def set_line(shop: Shop, guest: Guest, line: str, quantity: int, **headers: str) -> httpx.Response:
    """Set the quantity of a line."""
    path, body = f"{guest.path}/items/{line}", {"quantity": quantity}
    return await shop.client.patch(path, json=body, headers={**guest.headers, **headers})


async def set_mugs(shop: Shop, guest: Guest, quantity: int, **headers: str) -> httpx.Response:
    """Set the quantity of the guest's first line."""
    return await set_line(shop, guest, await first_line(shop, guest), quantity, **headers)


def mugs(shop: Shop, quantity: int) -> dict[str, int]:
    """So many mugs by variant."""
    return {str(shop.products["mug"][1]): quantity}


async def change_under_way(shop: Shop, guest: Guest) -> str | None:
    """The change of the cart's hold that is marked on it."""
    async with shop.database.unit(shop.company_id) as unit:
        found: str | None = await unit.fetchval("SELECT hold_change FROM carts WHERE id = $1", guest.cart_id)
    return found


async def transactions_of_cart(shop: Shop) -> int:
    """How many transactions of the service are open in the database, this one apart."""
    async with shop.database.unit(shop.company_id) as unit:
        count: int = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'cart' AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
    return count
