"""`python -m contracts.schemas [write|check|release]`: the events as documents that other languages can read.

`write` generates a JSON Schema per event, the envelope's, and the AsyncAPI document into `libs/contracts/schemas/`.
`check` fails when they are not up to date, or when an event has changed in a way that would break a consumer of the
last release. `release` makes the present schemas the ones to be compatible with: part of cutting a release.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from contracts.asyncapi import asyncapi_document
from contracts.base import Event
from contracts.compatibility import breaking_changes
from contracts.envelope import Envelope
from contracts.registry import EVENTS
from contracts.schema_ids import schema_id

Document = dict[str, Any]

DIRECTORY = Path(__file__).parents[2] / "schemas"
ENVELOPE = "envelope.json"
EVENTS_FOLDER = "events"
RELEASED_FOLDER = "released"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _WithoutFieldTitles(GenerateJsonSchema):
    """A field's name says what its generated title would repeat."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


def event_schema(event: type[Event]) -> Document:
    """The JSON Schema of an event's data; a field with a default is not required."""
    return {"$schema": _DIALECT, "$id": schema_id(event.type), **_schema_of(event)}


def envelope_schema() -> Document:
    """The JSON Schema of the CloudEvents envelope, its data left open."""
    schema = _schema_of(Envelope[Event])
    schema.pop("$defs", None)
    schema["properties"]["data"] = {"type": "object", "description": "The event; its schema is named by dataschema."}
    return {"$schema": _DIALECT, "$id": schema_id("envelope"), **schema, "title": "Envelope"}


def documents() -> dict[str, Document]:
    """Every generated document by its path below the directory."""
    events = {f"{EVENTS_FOLDER}/{name}.json": event_schema(event) for name, event in sorted(EVENTS.items())}
    return {ENVELOPE: envelope_schema(), "asyncapi.json": asyncapi_document(), **events}


def write(directory: Path = DIRECTORY) -> list[str]:
    """Write every document and remove those of events that are no more; nothing to complain about."""
    current = documents()
    for path in _existing(directory).keys() - current.keys():
        (directory / path).unlink()
    for path, document in current.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(_text(document))
    return []


def check(directory: Path = DIRECTORY) -> list[str]:
    """What is wrong: a document that is not up to date, or an event that breaks a consumer of the last release."""
    current = documents()
    existing = _existing(directory)
    stale = [
        f"{path} is not up to date, run python -m contracts.schemas"
        for path in sorted(current.keys() | existing.keys())
        if existing.get(path) != (_text(current[path]) if path in current else None)
    ]
    return stale + incompatible(_released(directory), {name: event_schema(event) for name, event in EVENTS.items()})


def release(directory: Path = DIRECTORY) -> list[str]:
    """Make the present events the released ones; nothing to complain about."""
    folder = directory / RELEASED_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        path.unlink()
    for name, event in EVENTS.items():
        (folder / f"{name}.json").write_text(_text(event_schema(event)))
    return []


def incompatible(released: Mapping[str, Document], current: Mapping[str, Document]) -> list[str]:
    """What would break a consumer of the released events, each with the event and the place."""
    return [
        f"{name} {problem}; publish a new version beside it instead"
        for name, old in sorted(released.items())
        for problem in (breaking_changes(old, current[name]) if name in current else ["is published no more"])
    ]


def _schema_of(model: type[BaseModel]) -> Document:
    return model.model_json_schema(by_alias=True, schema_generator=_WithoutFieldTitles)


def _existing(directory: Path) -> dict[str, str]:
    paths = [*directory.glob("*.json"), *directory.glob(f"{EVENTS_FOLDER}/*.json")]
    return {path.relative_to(directory).as_posix(): path.read_text() for path in paths}


def _released(directory: Path) -> dict[str, Document]:
    return {path.stem: json.loads(path.read_text()) for path in (directory / RELEASED_FOLDER).glob("*.json")}


def _text(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


_COMMANDS: dict[str, Callable[[], list[str]]] = {"write": write, "check": check, "release": release}


def main(arguments: list[str]) -> int:
    """Run a command, `write` when none is named; 1 when there is something to complain about, 2 for no such command."""
    command = _COMMANDS.get(arguments[0] if arguments else "write")
    if command is None or len(arguments) > 1:
        sys.stderr.write(f"usage: python -m contracts.schemas [{'|'.join(_COMMANDS)}]\n")
        return 2
    problems = command()
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
