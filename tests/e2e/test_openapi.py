"""The description of the whole platform, as a client developer gets it."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from .stack import Stack
from .visitor import Visitor, fine

PROMISED = {
    "/api/cart": "GET POST",
    "/api/cart/items": "DELETE POST",
    "/api/cart/items/{}": "DELETE PATCH",
    "/api/cart/discount": "POST",
    "/api/cart/discount/{}": "DELETE",
    "/api/cart/merge": "POST",
    "/api/public/cart": "GET POST",
    "/api/public/cart/{}/items": "POST",
    "/api/public/cart/{}/items/{}": "DELETE PATCH",
    "/api/public/cart/{}/discount": "POST",
    "/api/public/cart/{}/discount/{}": "DELETE",
    "/api/public/cart/{}/contact": "POST",
    "/api/cart/recovery/{}": "GET",
    "/api/cart/recovery/{}/restore": "POST",
    "/api/cart/recovery/{}/click": "POST",
    "/api/recovery/unsubscribe/{}": "GET POST",
    "/r/{}": "GET",
    "/api/cart/shipping/estimate": "POST",
    "/api/cart/shipping/rates": "GET",
    "/api/cart/tax/estimate": "POST",
    "/api/cart/{}/hold": "DELETE POST",
    "/api/cart/{}/hold/status": "GET",
    "/api/cart/upsells": "GET",
    "/api/cart/upsells/{}/add": "POST",
    "/api/cart/upsells/{}/dismiss": "POST",
    "/api/analytics/ecommerce/overview": "GET",
    "/api/analytics/ecommerce/cart": "GET",
    "/api/analytics/ecommerce/funnel": "GET",
    "/api/analytics/ecommerce/recovery": "GET",
    "/api/admin/ecommerce-analytics/overview": "GET",
    "/api/admin/carts": "GET",
    "/api/admin/carts/stats": "GET",
    "/api/admin/carts/{}": "GET",
    "/api/admin/carts/{}/activity": "GET",
    "/api/admin/carts/abandoned": "GET",
    "/api/admin/carts/abandoned/{}/send": "POST",
    "/api/admin/carts/abandoned/{}/dismiss": "POST",
    "/api/admin/recovery/campaigns": "GET",
    "/api/admin/recovery/suppressions": "GET",
    "/api/admin/recovery/preview": "GET",
    "/api/admin/promotions": "GET POST",
    "/api/admin/tax-rates": "GET",
    "/api/admin/shipping-zones": "GET",
    "/api/admin/shipping-rules": "GET",
    "/api/catalogue/products": "GET",
    "/api/catalogue/products/{}": "GET",
    "/api/catalogue/categories": "GET",
    "/api/admin/products": "GET",
    "/api/admin/products/import": "POST",
    "/api/admin/variants": "GET",
    "/api/admin/bundles": "GET POST",
    "/api/admin/bundles/{}": "GET PATCH DELETE",
    "/api/admin/warehouses": "GET",
    "/api/admin/stock": "GET",
    "/api/admin/sites": "GET",
    "/api/health": "GET",
}
"""The routes of api.md that exist so far; a parameter may have any name."""


@pytest.fixture(scope="module")
async def document(stack: Stack) -> dict[str, Any]:
    """The merged document."""
    async with Visitor(stack.api_url) as visitor:
        return fine(await visitor.send("GET", "/api/openapi.json"))


def test_it_is_valid(document: dict[str, Any]) -> None:
    """Tools that follow OpenAPI 3.1 can read it."""
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_every_route_that_the_specification_promises(document: dict[str, Any]) -> None:
    """Nothing that clients were promised is missing, and nothing of the inside is in it."""
    described = {f"{method.upper()} {_anonymous(path)}" for path, item in document["paths"].items() for method in item}

    promised = {f"{method} {path}" for path, methods in PROMISED.items() for method in methods.split()}
    assert promised - described == set()
    assert not any("/internal" in route for route in described)


def _anonymous(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
