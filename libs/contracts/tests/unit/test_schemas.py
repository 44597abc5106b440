"""The generated documents: valid, up to date, and guarded against breaking changes."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from contracts import schemas
from contracts.cart import CartCreated
from contracts.registry import EVENTS
from jsonschema import Draft202012Validator


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with everything generated and released."""
    schemas.write(tmp_path)
    schemas.release(tmp_path)
    return tmp_path


def edit(path: Path, change: Any) -> None:
    """Change a JSON file in place."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def test_the_committed_documents_are_up_to_date_and_break_nobody() -> None:
    """What is in the repository is what the classes say."""
    assert schemas.check() == []


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_events_schema_is_a_json_schema(event: Any) -> None:
    """Other languages' tools can read it."""
    Draft202012Validator.check_schema(schemas.event_schema(event))


def test_an_event_fits_its_schema_and_a_broken_one_does_not() -> None:
    """The schema says what is on the wire: camelCase, strings for ids."""
    validator = Draft202012Validator(schemas.event_schema(CartCreated))
    event = CartCreated(site_id=uuid4(), currency="EUR", actor="shopper", owner="guest")
    wire = event.model_dump(mode="json", by_alias=True)

    assert validator.is_valid(wire)
    assert not validator.is_valid({**wire, "owner": "nobody"})


def test_a_stale_document_is_found(directory: Path) -> None:
    """Whether it was edited, forgotten, or is of an event that is no more."""
    assert schemas.check(directory) == []

    edit(directory / "envelope.json", lambda document: document.update(title="Other"))
    (directory / "events" / "cart.created.v1.json").unlink()
    (directory / "events" / "cart.gone.v1.json").write_text("{}")

    assert [problem.partition(" ")[0] for problem in schemas.check(directory)] == [
        "envelope.json",
        "events/cart.created.v1.json",
        "events/cart.gone.v1.json",
    ]
    schemas.write(directory)
    assert schemas.check(directory) == []


def test_a_change_that_breaks_the_released_event_is_found(directory: Path) -> None:
    """Even with everything generated again."""
    released = directory / "released" / "cart.created.v1.json"
    edit(released, lambda document: document["properties"].update(colour={"type": "string"}))
    (directory / "released" / "cart.gone.v1.json").write_text("{}")

    assert schemas.check(directory) == [
        "cart.created.v1 colour was removed; publish a new version beside it instead",
        "cart.gone.v1 is published no more; publish a new version beside it instead",
    ]


def test_every_reference_of_the_asyncapi_document_leads_somewhere(directory: Path) -> None:
    """Into the document itself, or to a file beside it."""
    document = json.loads((directory / "asyncapi.json").read_text())

    def references(value: Any) -> list[str]:
        if isinstance(value, list):
            return [reference for part in value for reference in references(part)]
        if not isinstance(value, dict):
            return []
        below = [reference for part in value.values() for reference in references(part)]
        return [*below, value["$ref"]] if "$ref" in value else below

    for reference in references(document):
        if reference.startswith("#/"):
            target = document
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]
        else:
            assert (directory / reference).is_file()
    assert set(document["channels"]) == set(EVENTS)


def test_the_command_says_what_is_wrong_by_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """0 when all is well, 2 for a command that does not exist."""
    assert schemas.main(["check"]) == 0
    assert schemas.main(["chekc"]) == 2
    assert "write|check|release" in capsys.readouterr().err
