"""No public request takes a text with control characters (rules.md 37): read from the OpenAPI documents."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from servicekit.http.free_text import FREE_TEXT

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted((ROOT / "services").glob("*/openapi.json"))
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
FORMATS = {"uuid", "date-time", "date", "time", "duration", "binary"}


def texts(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text of every public request's JSON, with where it stands; other services send what was checked before."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items() if not path.startswith("/internal/") else ():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield from _texts(f"{method} {path}", body.get("schema", {}), document, frozenset())


def _texts(
    where: str, schema: dict[str, Any], document: dict[str, Any], above: frozenset[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if reference := schema.get("$ref"):
        if reference not in above:
            target = document["components"]["schemas"][reference.rpartition("/")[2]]
            yield from _texts(where, target, document, above | {reference})
        return
    if schema.get("type") == "string":
        yield where, schema
    for name, field in schema.get("properties", {}).items():
        yield from _texts(f"{where} {name}", field, document, above)
    for part in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(part), dict):
            yield from _texts(f"{where} {part}", schema[part], document, above)
    for part in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for choice in schema.get(part, ()):
            yield from _texts(where, choice, document, above)


def closed(schema: dict[str, Any]) -> bool:
    """Whether a schema of a text says by itself what may stand in it."""
    return "enum" in schema or "const" in schema or schema.get("format") in FORMATS


def unguarded(document: dict[str, Any]) -> list[str]:
    """The texts of a document's requests that anything may stand in."""
    return [where for where, schema in texts(document) if not closed(schema) and "pattern" not in schema]


def patterns() -> list[str]:
    """Every pattern that a text of some request has."""
    documents = [json.loads(path.read_text()) for path in DOCUMENTS]
    found = {schema["pattern"] for document in documents for _, schema in texts(document) if "pattern" in schema}
    return sorted(found)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.parent.name)
def test_every_text_of_a_request_says_what_may_stand_in_it(path: Path) -> None:
    """A body that is no `Body`, or a field that loosens its pattern, would let anything in."""
    assert unguarded(json.loads(path.read_text())) == []


@pytest.mark.parametrize("pattern", patterns())
def test_no_pattern_lets_a_control_character_in(pattern: str) -> None:
    """Tried on texts that Hypothesis makes of the pattern itself; Python's `$` also stands before a last line break."""

    @settings(max_examples=100, derandomize=True, database=None)
    @given(st.from_regex(pattern))
    def holds_none(text: str) -> None:
        assert not CONTROL.search(text.removesuffix("\n"))

    holds_none()


def test_the_guards_can_fail() -> None:
    """A text without a pattern is named, wherever it stands; a pattern that only NUL fails is found out."""
    loose = {"type": "object", "properties": {"note": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loose"}}}}
    document = {"paths": {"/x": {"post": {"requestBody": body}}}, "components": {"schemas": {"Loose": loose}}}

    assert unguarded(document) == ["post /x note"]
    with pytest.raises(AssertionError):
        test_no_pattern_lets_a_control_character_in(r"^[^\x00]*$")
    assert re.search(FREE_TEXT, "Grüße, مرحبا 🎁")
