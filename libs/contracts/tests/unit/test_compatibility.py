"""Which changes of an event would break somebody one release behind."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from contracts.compatibility import breaking_changes
from contracts.registry import EVENTS
from contracts.schemas import event_schema

Schema = dict[str, Any]

LINE: Schema = {
    "type": "object",
    "properties": {"sku": {"type": "string"}, "quantity": {"type": "integer"}},
    "required": ["sku", "quantity"],
}
EVENT: Schema = {
    "$defs": {"Line": LINE},
    "type": "object",
    "properties": {
        "cartId": {"type": "string", "format": "uuid"},
        "actor": {"enum": ["shopper", "staff"], "type": "string"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
        "prices": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["cartId", "actor", "lines"],
}


def changed(change: Callable[[Schema], Any]) -> Schema:
    """The event after a change."""
    schema = deepcopy(EVENT)
    change(schema)
    return schema


def rename(fields: Schema, old: str, new: str) -> None:
    """Give a field another name."""
    fields[new] = fields.pop(old)


BREAKING: list[tuple[str, Callable[[Schema], Any]]] = [
    ("note was removed", lambda new: new["properties"].pop("note")),
    ("note was removed", lambda new: rename(new["properties"], "note", "remark")),
    ("cartId was retyped: type", lambda new: new["properties"].update(cartId={"type": "integer"})),
    ("cartId was retyped: format", lambda new: new["properties"]["cartId"].pop("format")),
    ("note is newly required", lambda new: new["required"].append("note")),
    ("cartId is required no more", lambda new: new["required"].remove("cartId")),
    ("actor lost the value staff", lambda new: new["properties"]["actor"]["enum"].remove("staff")),
    ("actor gained the value bot", lambda new: new["properties"]["actor"]["enum"].append("bot")),
    ("note was retyped: anyOf", lambda new: new["properties"]["note"].pop("anyOf")),
    ("lines[].sku was removed", lambda new: new["$defs"]["Line"]["properties"].pop("sku")),
    ("lines[].quantity was retyped", lambda new: new["$defs"]["Line"]["properties"]["quantity"].update(type="number")),
    ("prices[] was retyped", lambda new: new["properties"]["prices"]["additionalProperties"].update(type="string")),
    ("prices was retyped", lambda new: new["properties"]["prices"].pop("additionalProperties")),
    ("cartId was retyped: maxLength", lambda new: new["properties"]["cartId"].update(maxLength=36)),
    ("extra is newly required", lambda new: (new["properties"].update(extra=LINE), new["required"].append("extra"))),
]


@pytest.mark.parametrize(("problem", "change"), BREAKING, ids=[problem for problem, _ in BREAKING])
def test_a_breaking_change_is_found(problem: str, change: Callable[[Schema], Any]) -> None:
    """Each by its place and its kind."""
    assert any(found.startswith(problem) for found in breaking_changes(EVENT, changed(change)))


def rename_line(schema: Schema) -> None:
    """Give a definition another name, where it is made and where it is used."""
    rename(schema["$defs"], "Line", "Row")
    schema["properties"]["lines"]["items"]["$ref"] = "#/$defs/Row"


HARMLESS: list[tuple[str, Callable[[Schema], Any]]] = [
    ("nothing", lambda new: None),
    ("a new optional field", lambda new: new["properties"].update(extra={"type": "string"})),
    ("a new optional field below", lambda new: new["$defs"]["Line"]["properties"].update(extra={"type": "string"})),
    ("other words", lambda new: new.update(title="Other", description="Other")),
    ("a definition's name", rename_line),
    ("the order of values", lambda new: new["properties"]["actor"]["enum"].reverse()),
]


@pytest.mark.parametrize("change", [change for _, change in HARMLESS], ids=[name for name, _ in HARMLESS])
def test_a_harmless_change_is_allowed(change: Callable[[Schema], Any]) -> None:
    """Consumers ignore fields they do not know, and words mean nothing to them."""
    assert breaking_changes(EVENT, changed(change)) == []


def test_a_type_that_contains_itself_is_compared_once() -> None:
    """The walk ends, and still finds what changed inside."""
    tree: Schema = {
        "$defs": {"Node": {"type": "object", "properties": {"child": {"$ref": "#/$defs/Node"}, "name": {}}}},
        "$ref": "#/$defs/Node",
    }
    other = deepcopy(tree)
    del other["$defs"]["Node"]["properties"]["name"]

    assert breaking_changes(tree, tree) == []
    assert breaking_changes(tree, other) == ["name was removed"]


@pytest.mark.parametrize("name", EVENTS)
def test_every_field_of_every_event_is_guarded(name: str) -> None:
    """Taking any one away is found, in the schemas as they really are."""
    schema = event_schema(EVENTS[name])

    for field in schema["properties"]:
        without = deepcopy(schema)
        del without["properties"][field]
        assert f"{field} was removed" in breaking_changes(schema, without)
