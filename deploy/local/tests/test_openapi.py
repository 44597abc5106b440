"""One API description out of several, and the gateway's routes held against it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from cartwheel_local.openapi import Document, committed_documents, merge
from cartwheel_local.routes import PERMISSION, load_routes, owner_of
from cartwheel_local.services import SERVICES
from localservers.home import REPOSITORY


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """What the services say they answer."""
    return committed_documents()


def internal_paths(service: str) -> list[str]:
    """What a service answers to other services alone."""
    file = REPOSITORY / "services" / service / "openapi.internal.json"
    return list(json.loads(file.read_text())["paths"]) if file.exists() else []


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
    """The document has what the outside can reach."""
    merged = merge({"cart": document("/internal/carts", "Item") | {"components": {}}})

    assert merged["paths"] == {}


@pytest.mark.parametrize("service", SERVICES)
def test_the_gateway_routes_what_a_service_answers_to_it(service: str, documents: dict[str, Document]) -> None:
    """A route that a service gains without the gateway's table knowing its owner fails here; internal ones stay out."""
    owners = {path: owner_of(path) for path in (*documents[service]["paths"], *internal_paths(service))}

    outside = {path: service for path in owners if not path.startswith("/internal") and path.count("/") > 1}
    assert outside
    assert {path: owner for path, owner in owners.items() if owner is not None} == outside


def test_every_reference_leads_somewhere(documents: dict[str, Document]) -> None:
    """Renaming components must rename every mention of them."""
    merged = merge(documents)

    targets = set(_references(merged))

    assert targets
    for target in targets:
        place: Any = merged
        for name in target.removeprefix("#/").split("/"):
            assert name in place, target
            place = place[name]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _references(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)


def test_whoever_takes_uploads_says_who_may_send_them() -> None:
    """The gateway asks the owner of such a path before it reads a body; one that does not answer would get none."""
    owners = {route.owner for route in load_routes() if route.imports}

    assert owners
    assert all(PERMISSION in internal_paths(owner) for owner in owners)


@pytest.mark.parametrize("service", SERVICES)
def test_a_public_description_has_no_internal_route(service: str, documents: dict[str, Document]) -> None:
    """Who is outside learns nothing of what services ask each other, neither paths nor schemas."""
    assert [path for path in documents[service]["paths"] if "/internal" in path] == []
    assert [path for path in internal_paths(service) if not path.startswith("/internal/")] == []
    assert not {"PlaceHold", "CommitHold", "ConvertCart", "RestoreCart"} & set(
        documents[service]["components"]["schemas"]
    )
