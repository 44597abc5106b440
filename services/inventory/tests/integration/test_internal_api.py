"""The routes where other services request holds and read products."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import pytest
from contracts.inventory_calls import HoldState, ProductFound
from inventory.main import create_app
from inventory.settings import InventorySettings
from servicekit.ids import new_id
from servicekit.testing import Servers, client_of, make_settings

from .desk import Desk


def placement(cart: UUID, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    """The body of a placement."""
    wanted = [{"variantId": variant, "quantity": quantity} for variant, quantity in lines]
    return {"cartId": str(cart), "siteId": str(new_id()), "owner": "ada", "lines": wanted, **changes}


async def test_the_life_of_a_hold(desk: Desk) -> None:
    """Placed (201), the same again (200), replaced (200), extended, released, and still readable."""
    mug = (await desk.makes("mug"))["variants"][0]["id"]
    cart, by_cart = new_id(), "/internal/holds/by-cart/"

    none = await desk.service("GET", f"{by_cart}{cart}")
    placed = await desk.service("POST", "/internal/holds", placement(cart, (mug, 1), (mug, 2)))
    again = await desk.service("POST", "/internal/holds", placement(cart, (mug, 3)))
    replaced = await desk.service("POST", "/internal/holds", placement(cart, (mug, 5)))
    extended = await desk.service("POST", f"{by_cart}{cart}/extend")
    released = await desk.service("DELETE", f"{by_cart}{cart}?reason=shopper")
    over = await desk.service("POST", f"{by_cart}{cart}/extend")

    assert none.json()["status"] == "NONE"
    assert [answer.status_code for answer in (placed, again, replaced, extended, released, over)] == [
        201,
        200,
        200,
        200,
        200,
        410,
    ]
    state = HoldState.model_validate(placed.json())
    assert state.lines[0].quantity == 3
    assert 0 < state.seconds_left <= 900
    assert again.json()["holdId"] == placed.json()["holdId"]
    assert replaced.json()["lines"][0]["quantity"] == 5
    assert released.json()["status"] == "RELEASED"
    assert over.json()["code"] == "HOLD_EXPIRED"


async def test_a_refusal_names_each_line(desk: Desk) -> None:
    """409 INVENTORY_HOLD_FAILED with what is asked for and what is left (api.md, "Hold")."""
    mug = (await desk.makes("mug", stock=2))["variants"][0]["id"]

    refusal = await desk.service("POST", "/internal/holds", placement(new_id(), (mug, 3)))

    assert (refusal.status_code, refusal.json()["code"]) == (409, "INVENTORY_HOLD_FAILED")
    assert refusal.json()["lines"] == [{"sku": "mug", "requested": 3, "available": 2}]


async def test_the_longest_name_of_a_customer_may_hold(desk: Desk) -> None:
    """A JWT's subject has up to 320 characters, and is the owner of the holds of that customer's carts."""
    mug = (await desk.makes("mug"))["variants"][0]["id"]
    longest = "ß" * 320

    placed = await desk.service("POST", "/internal/holds", placement(new_id(), (mug, 1), owner=longest))

    assert (placed.status_code, placed.json()["status"]) == (201, "ACTIVE")


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": [{"variantId": str(new_id()), "quantity": 0}]},
        {"lines": [{"variantId": str(new_id()), "quantity": -1}]},
        {"lines": [{"variantId": str(new_id()), "quantity": 10**12}]},
        {"lines": [{"variantId": "mug", "quantity": 1}]},
        {"owner": ""},
        {"owner": "a" * 321},
    ],
)
async def test_a_bad_placement_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    """Quantities that cannot be, no lines, no owner or one longer than any: 422."""
    body = placement(new_id(), (str(new_id()), 1), **change)

    assert (await desk.service("POST", "/internal/holds", body)).status_code == 422


async def test_an_unknown_variant_and_a_cart_without_hold_are_not_found(desk: Desk) -> None:
    """404 for both."""
    placed = await desk.service("POST", "/internal/holds", placement(new_id(), (str(new_id()), 1)))
    extended = await desk.service("POST", f"/internal/holds/by-cart/{new_id()}/extend")

    assert (placed.status_code, placed.json()["code"]) == (404, "PRODUCT_NOT_FOUND")
    assert extended.status_code == 404


async def test_a_product_is_found_as_its_event_has_it(desk: Desk) -> None:
    """A service that has not yet received the event gets the same content."""
    product = await desk.makes("mug")

    answer = await desk.service("GET", f"/internal/products/{product['id']}")

    found = ProductFound.model_validate(answer.json())
    assert (found.version, found.product.title) == (1, "Mug")
    assert found.product.variants[0].available == 10
    assert (await desk.service("GET", f"/internal/products/{new_id()}")).status_code == 404


async def test_only_services_may_ask(desk: Desk) -> None:
    """A user's token, an admin's too, opens no internal route."""
    assert (await desk.staff("GET", f"/internal/holds/by-cart/{new_id()}")).status_code == 401
    assert (await desk.client.get(f"/internal/products/{new_id()}")).status_code == 401


@pytest.fixture
async def closed_desk(servers: Servers, database_url: str, company_id: UUID) -> AsyncGenerator[Desk]:
    """The desk of a service whose holds are switched off."""
    settings = make_settings(InventorySettings, servers, database_url, inventory_hold_enabled=False)
    async with client_of(create_app(settings)) as client:
        yield Desk(client, company_id)


async def test_holds_can_be_switched_off(closed_desk: Desk) -> None:
    """With INVENTORY_HOLD_ENABLED off nothing is placed; what is open can still be read and released."""
    mug = (await closed_desk.makes("mug"))["variants"][0]["id"]
    cart = new_id()

    placed = await closed_desk.service("POST", "/internal/holds", placement(cart, (mug, 1)))

    assert (placed.status_code, placed.json()["code"]) == (403, "FEATURE_DISABLED")
    assert (await closed_desk.service("DELETE", f"/internal/holds/by-cart/{cart}")).json()["status"] == "NONE"
