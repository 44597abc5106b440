"""The OpenAPI document says what the chassis does."""

from typing import Any

import pytest
from openapi_spec_validator import validate

from ..notes import notes_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The notes service's document."""
    return notes_app().openapi()


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    """OpenAPI 3.1."""
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_ways_in_come_from_the_dependencies(document: dict[str, Any]) -> None:
    """No route says itself who may call it."""
    paths = document["paths"]

    assert paths["/as/customer"]["get"]["security"] == [{"userToken": []}]
    assert paths["/as/shopper"]["get"]["security"] == [{"userToken": []}, {}]
    assert "security" not in paths["/as/visitor"]["get"]
    assert paths["/as/service"]["get"]["security"] == [{"serviceToken": []}]


def test_every_refusal_is_documented(document: dict[str, Any]) -> None:
    """The body's, the credentials', the key's, the limit's and the database's."""
    responses = document["paths"]["/notes"]["post"]["responses"]

    assert set(responses) == {"201", "400", "401", "403", "404", "409", "413", "422", "503"}
    assert "429" in document["paths"]["/limited/local"]["post"]["responses"]
    for status, response in responses.items():
        if status != "201":
            assert list(response["content"]) == ["application/problem+json"]


def test_several_errors_of_a_status_are_all_named(document: dict[str, Any]) -> None:
    """A client can tell from the document which codes to expect."""
    described = document["paths"]["/notes"]["post"]["responses"]["409"]["description"]

    assert "CONFLICT" in described
    assert "IDEMPOTENCY_IN_PROGRESS" in described


def test_headers_are_documented(document: dict[str, Any]) -> None:
    """The shop's of guests, who must name it; the key and If-Match where a dependency reads them (rules.md 9, 10)."""

    def headers(path: str, method: str) -> dict[str, bool]:
        parameters = document["paths"][path][method].get("parameters", [])
        return {found["name"]: found["required"] for found in parameters if found["in"] == "header"}

    assert headers("/notes", "post") == {"x-company-id": True, "x-session-token": False, "Idempotency-Key": False}
    assert headers("/versions", "get") == {"If-Match": False, "Idempotency-Key": False}
    assert headers("/notes/unkeyed", "post") == {"x-company-id": True, "x-session-token": False}
    assert headers("/notes", "get") == {"x-company-id": True, "x-session-token": False}
    assert headers("/as/guest", "get") == {"x-company-id": True, "x-session-token": True}
    assert headers("/as/shopper", "get") == {"x-company-id": False, "x-session-token": False}
    assert headers("/as/customer", "get") == {}


def test_probes_are_not_part_of_the_api(document: dict[str, Any]) -> None:
    """The gateway does not route them."""
    assert not {"/livez", "/readyz", "/metrics"} & document["paths"].keys()
