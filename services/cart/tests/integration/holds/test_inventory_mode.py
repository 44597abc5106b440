"""A site may have stock looked at instead of held (rules.md 19)."""

import httpx
import pytest
from servicekit.db import Database

from ...holding import held_cart, hold
from ...shop import Shop
from ...stock_stub import StockStub
from ..test_ordering import order


@pytest.fixture
async def shop(client: httpx.AsyncClient, database: Database) -> Shop:
    """A shop that holds nothing."""
    return await Shop.open(client, database, inventoryMode="validate_only")


async def test_nothing_is_held_where_stock_is_only_looked_at(shop: Shop, stock: StockStub) -> None:
    """Inventory is not called: the replica says that all is there."""
    guest = await shop.guest_cart({"mug": 2})

    answer = await hold(shop, guest)

    assert (answer.status_code, answer.json()["status"], answer.json()["lines"]) == (201, "NONE", [])
    assert (stock.calls, (await shop.read(guest))["hold"]) == ([], None)


async def test_a_cart_that_wants_too_much_is_refused_with_what_is_left(shop: Shop, stock: StockStub) -> None:
    """Over all lines of a variant; what is sold out or withdrawn has none left."""
    await shop.stock("bowl", price=2400)
    await shop.stock("vase", price=9900)
    guest = await shop.guest_cart({"mug": 2, "bowl": 1, "vase": 1})
    engraved = {"productId": str(shop.products["mug"][0]), "quantity": 3, "options": {"print": "Ada"}}
    await shop.client.post(f"{guest.path}/items", json=engraved, headers=guest.headers)
    await shop.left("mug", 4)
    await shop.stock("vase", price=9900, active=False)

    answer = await hold(shop, guest)

    assert (answer.status_code, answer.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert answer.json()["lines"] == [
        {"sku": "mug", "requested": 5, "available": 4},
        {"sku": "vase", "requested": 1, "available": 0},
    ]
    assert stock.calls == []


async def test_an_order_takes_the_stock_or_is_not_made(shop: Shop, stock: StockStub) -> None:
    """Before it is made: what inventory refuses stays an open cart (rules.md 19)."""
    guest = await shop.guest_cart({"mug": 2})
    stock.faults.append("refuse")

    refused = await order(shop, guest, "A-1")
    made = await order(shop, guest, "A-1")

    assert (refused.status_code, refused.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert (made.status_code, stock.calls) == (200, ["commit", "commit"])


async def test_a_cart_that_holds_stock_goes_on_when_its_site_stops_to(
    client: httpx.AsyncClient, database: Database, stock: StockStub
) -> None:
    """Its hold is renewed, and follows its lines, until it is over."""
    shop = await Shop.open(client, database)
    guest = await held_cart(shop)
    mode = {"inventoryMode": "validate_only"}
    changed = await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json=mode, headers=shop.staff())

    again = await hold(shop, guest)

    assert changed.json()["inventoryMode"] == "validate_only"
    assert (again.status_code, again.json()["status"], stock.calls) == (201, "ACTIVE", ["place", "place"])
