"""Nothing of a company is seen or changed from another (rules.md 34)."""

from typing import Any

import asyncpg
import pytest
from fastapi.routing import APIRoute
from inventory.main import create_app
from inventory.settings import InventorySettings
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.roles.service import AnyService
from servicekit.routes.openapi import api_routes
from servicekit.testing import Servers, assert_no_drift, assert_rls_everywhere, make_settings

from .desk import Desk
from .shop import Shop

COUNTED = (
    "products",
    "variants",
    "warehouses",
    "stock_levels",
    "stock_adjustments",
    "inventory_holds",
    "hold_lines",
    "bundles",
    "bundle_items",
)


async def rows_of(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """Every row of the company."""
    async with shop.database.unit(shop.company_id) as unit:
        return {
            table: [dict(row) for row in await unit.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3")]
            for table in COUNTED
        }


async def test_foreign_ids_do_not_exist(shop: Shop, desk: Desk) -> None:
    """Every route that takes an id answers another company's as absent, and the owner's rows stay as they are."""
    await shop.stocks("mug", 5)
    cart = new_id()
    await shop.holds({"mug": 2}, cart)
    product, variant = shop.products["mug"], shop.variants["mug"]
    pair = {"discountBasisPoints": 1000, "items": [{"variantIds": [str(variant)], "quantity": 2}]}
    bundle = (await desk.staff("POST", "/api/admin/bundles", {"title": "Pair", **pair})).json()["id"]
    before = await rows_of(shop)
    stranger = Desk(desk.client, new_id())
    line = [{"variantId": str(variant), "quantity": 1}]
    place = {"cartId": str(new_id()), "siteId": str(new_id()), "owner": "eve", "lines": line}
    price = {"productId": str(product), "sku": "x", "prices": {"USD": 1}}

    answers = {
        "GET /api/admin/products/{product_id}": await stranger.staff("GET", f"/api/admin/products/{product}"),
        "PATCH /api/admin/products/{product_id}": await stranger.staff(
            "PATCH", f"/api/admin/products/{product}", {"title": "x"}
        ),
        "DELETE /api/admin/products/{product_id}": await stranger.staff("DELETE", f"/api/admin/products/{product}"),
        "POST /api/admin/variants": await stranger.staff("POST", "/api/admin/variants", price),
        "PATCH /api/admin/variants/{variant_id}": await stranger.staff(
            "PATCH", f"/api/admin/variants/{variant}", {"sku": "x"}
        ),
        "POST /api/admin/stock/{variant_id}/adjust": await stranger.staff(
            "POST", f"/api/admin/stock/{variant}/adjust", {"delta": 1, "reason": "x"}
        ),
        "POST /api/admin/bundles": await stranger.staff("POST", "/api/admin/bundles", {"title": "x", **pair}),
        "GET /api/admin/bundles/{bundle_id}": await stranger.staff("GET", f"/api/admin/bundles/{bundle}"),
        "PATCH /api/admin/bundles/{bundle_id}": await stranger.staff(
            "PATCH", f"/api/admin/bundles/{bundle}", {"title": "x"}
        ),
        "DELETE /api/admin/bundles/{bundle_id}": await stranger.staff("DELETE", f"/api/admin/bundles/{bundle}"),
        "GET /api/catalogue/products/{slug}": await desk.client.get(
            "/api/catalogue/products/mug?currency=USD", headers={"x-company-id": str(stranger.company_id)}
        ),
        "GET /internal/products/{product_id}": await stranger.service("GET", f"/internal/products/{product}"),
        "POST /internal/holds": await stranger.service("POST", "/internal/holds", place),
        "POST /internal/holds/by-cart/{cart_id}/extend": await stranger.service(
            "POST", f"/internal/holds/by-cart/{cart}/extend"
        ),
    }
    absent = {
        "GET /internal/holds/by-cart/{cart_id}": await stranger.service("GET", f"/internal/holds/by-cart/{cart}"),
        "POST /internal/holds/by-cart/{cart_id}/revert": await stranger.service(
            "POST", f"/internal/holds/by-cart/{cart}/revert", {"orderId": "A-1"}
        ),
        "DELETE /internal/holds/by-cart/{cart_id}": await stranger.service("DELETE", f"/internal/holds/by-cart/{cart}"),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert {name: answer.json()["status"] for name, answer in absent.items()} == dict.fromkeys(absent, "NONE")
    assert await rows_of(shop) == before
    assert routes_with_ids() == {name for name in (*answers, *absent) if "{" in name}


def routes_with_ids() -> set[str]:
    """Every route of ours with an id in its path: a new one fails the test above until it is covered."""
    settings = make_settings(
        InventorySettings, Servers("postgresql://-/-", "redis://-", "amqp://-"), "postgresql://-/-"
    )
    routes = [route for route in api_routes(create_app(settings)) if isinstance(route, APIRoute) and "{" in route.path]
    ours = [route for route in routes if "/ops/" not in route.path]
    return {f"{method} {route.path_format}" for route in ours for method in route.methods or ()}


async def test_lists_hold_only_ones_own(shop: Shop, desk: Desk) -> None:
    """A stranger's lists are empty."""
    await shop.stocks("mug", 5)
    stranger = Desk(desk.client, new_id())

    pages = [
        (await stranger.staff("GET", f"/api/admin/{name}")).json()
        for name in ("products", "variants", "stock", "warehouses")
    ]

    assert [page["items"] for page in pages] == [[], [], [], []]


async def test_row_level_security_is_the_second_lock(shop: Shop) -> None:
    """Without naming the company a unit still sees only its own rows, and cannot write another's."""
    await shop.stocks("mug", 5)

    async with shop.database.unit(new_id()) as unit:
        assert await unit.fetchval("SELECT count(*) FROM products") == 0
        assert await unit.execute("UPDATE stock_levels SET on_hand = 0") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with unit.savepoint():
                await unit.execute(
                    "INSERT INTO stock_discrepancies (company_id, order_id, variant_id, cart_id, missing)"
                    " VALUES ($1, 'x', $2, $2, 1)",
                    shop.company_id,
                    new_id(),
                )


async def test_every_table_of_a_company_is_guarded(database: Database) -> None:
    """Row-level security is forced wherever there is a company_id."""
    await assert_rls_everywhere(database)


async def test_tables_and_migrations_agree(service: AnyService, database_url: str) -> None:
    """The description of the tables is what the migrations make."""
    await assert_no_drift(service.metadata, database_url)
