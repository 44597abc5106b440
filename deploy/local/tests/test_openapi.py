"""One API description out of several."""

from cartwheel_local.openapi import Document, merge


def document(path: str, reference: str) -> Document:
    """A service's document with one route that refers to one schema."""
    schema = {"$ref": f"#/components/schemas/{reference}"}
    answer = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    return {
        "paths": {path: {"get": {"responses": answer, "security": [{"userToken": []}]}}},
        "components": {
            "schemas": {reference: {"type": "object"}},
            "securitySchemes": {"userToken": {"type": "http", "scheme": "bearer"}},
        },
    }


def test_components_of_the_same_name_stay_apart() -> None:
    """Two services may call different things alike; each route still means its own."""
    merged = merge({"cart": document("/api/cart", "Item"), "pricing": document("/api/admin/promotions", "Item")})

    assert set(merged["components"]["schemas"]) == {"cart.Item", "pricing.Item"}
    operation = merged["paths"]["/api/cart"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/cart.Item"}
    assert operation["security"] == [{"cart.userToken": []}]


def test_internal_routes_are_not_described() -> None:
    """The document tells the outside what the outside can reach."""
    merged = merge({"cart": document("/internal/carts", "Item") | {"components": {}}})

    assert merged["paths"] == {}
