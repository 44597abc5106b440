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
    assert paths["/as/guest"]["get"]["security"] == [{"company": [], "session": []}]
    assert paths["/as/visitor"]["get"]["security"] == [{"company": []}, {"company": [], "session": []}]
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


def test_mutations_take_an_idempotency_key(document: dict[str, Any]) -> None:
    """And reads do not (rules.md 10)."""

    def headers(method: str) -> list[str]:
        return [p["name"] for p in document["paths"]["/notes"][method].get("parameters", []) if p["in"] == "header"]

    assert headers("post") == ["Idempotency-Key"]
    assert headers("get") == []


def test_probes_are_not_part_of_the_api(document: dict[str, Any]) -> None:
    """The gateway does not route them."""
    assert not {"/livez", "/readyz", "/metrics"} & document["paths"].keys()
