"""Generates `cartwheel_client.models` from the services' OpenAPI documents: `libs/client/generate.py [--check]`.

A client must go on when a newer server answers a field or a state that it has no name for, and leave judging values
to the server. So the models have the documents' structure and not their limits: no lengths, ranges or patterns, and of
an answer's field the listed values are those known so far, while any other text is accepted. Bodies stay closed: a
field that the document does not have is a mistake of the caller.

Nothing but the files of this repository is read. With `--check` nothing is written; outdated files are named.
"""

import json
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from datamodel_code_generator.__main__ import main as codegen

ROOT: Final = Path(__file__).resolve().parents[2]
MODELS: Final = ROOT / "libs" / "client" / "src" / "cartwheel_client" / "models"
ORDER_SYSTEM: Final = ("/internal/carts/{cart_id}", "/internal/carts/{cart_id}/convert")
"""The routes behind the gateway that are a shop's own business: its order system converts carts."""
PROBLEMS: Final = ("Problem", "FieldError")
"""Problem documents become exceptions and no models."""

LIMITS: Final = frozenset(
    (
        *("title", "examples", "pattern", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("minProperties", "maxProperties", "propertyNames"),
    )
)
OPTIONS: Final = (
    *(
        "--input-file-type",
        "openapi",
        "--output-model-type",
        "pydantic_v2.BaseModel",
        "--target-python-version",
        "3.11",
    ),
    *("--target-pydantic-version", "2.12", "--base-class", "cartwheel_client.model.Model", "--snake-case-field"),
    *("--alias-generator", "to_camel", "--enum-field-as-literal", "all", "--collapse-root-models", "--strict-nullable"),
    *("--use-annotated", "--use-schema-description", "--use-field-description", "--use-double-quotes"),
    *("--use-exact-imports", "--disable-future-imports", "--disable-timestamp", "--disable-warnings"),
    *("--use-single-line-docstring", "--ignore-pyproject", "--no-formatters"),
)

Schema = dict[str, Any]


def documents() -> Mapping[str, Schema]:
    """The document of each service that has anything for the client, by the service's name."""
    files = sorted(ROOT.glob("services/*/openapi.json"))
    found = {file.parent.name: prepared(whole(file.parent), file.parent.name) for file in files}
    return {service: document for service, document in found.items() if document["components"]["schemas"]}


def whole(service: Path) -> Schema:
    """What a service answers to those outside, with its internal routes, which the order system calls."""
    public, internal = (_read(service / name) for name in ("openapi.json", "openapi.internal.json"))
    schemas = {**internal["components"]["schemas"], **public["components"]["schemas"]}
    return {**public, "paths": {**public["paths"], **internal["paths"]}, "components": {"schemas": schemas}}


def _read(file: Path) -> Schema:
    nothing: Schema = {"paths": {}, "components": {"schemas": {}}}
    return json.loads(file.read_text()) if file.exists() else nothing


def generated(service: str, document: Schema, folder: Path) -> str:
    """The module of one service's models."""
    draft, module = folder / f"{service}.json", folder / f"{service}.py"
    draft.write_text(json.dumps(document))
    header = f'"""Generated from services/{service}/openapi.json by `make client`; not written by hand."""'
    failed = codegen([*OPTIONS, "--custom-file-header", header, "--input", str(draft), "--output", str(module)])
    if failed:
        raise SystemExit(f"no models could be generated from {draft}")
    return formatted(module.read_text(), MODELS / f"{service}.py")


def formatted(text: str, file: Path) -> str:
    """The text as `ruff` leaves it under the rules of the repository."""
    for command in (("check", "--quiet", "--fix-only", "--select", "I,F401,UP"), ("format", "--quiet")):
        ruff = ["ruff", *command, "--stdin-filename", str(file), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def prepared(document: Mapping[str, Any], service: str) -> Schema:
    """The document with the schemas of the client's routes only, and those as the client wants them."""
    nameless = nameless_bodies(document)
    schemas: Mapping[str, Schema] = document["components"]["schemas"] | nameless
    operations = [
        operation
        for path, item in document["paths"].items()
        if is_of_the_client(path, service)
        for operation in item.values()
    ]
    answered = reachable([operation["responses"] for operation in operations], schemas)
    sent = reachable([operation.get("requestBody") for operation in operations], schemas) | set(
        nameless_bodies(document)
    )
    kept = {name: opened(schemas[name]) if name in answered else simplified(schemas[name]) for name in answered | sent}
    components = renamed({name: kept[name] for name in sorted(kept) if name not in PROBLEMS})
    return {"openapi": "3.1.0", "info": document["info"], "paths": {}, "components": {"schemas": components}}


def nameless_bodies(document: Mapping[str, Any]) -> Mapping[str, Schema]:
    """The bodies that a route defines where it stands, by their titles."""
    bodies = [operation.get("requestBody", {}) for item in document["paths"].values() for operation in item.values()]
    schemas = [content.get("schema", {}) for body in bodies for content in body.get("content", {}).values()]
    return {schema["title"]: schema for schema in schemas if "title" in schema and "properties" in schema}


def is_of_the_client(path: str, service: str) -> bool:
    """Whether the client has a method for a route; jobs and dead letters look alike in every service."""
    if path.startswith("/internal/"):
        return path in ORDER_SYSTEM
    return service == "cart" or not path.startswith("/api/admin/ops/")


def reachable(part: Any, schemas: Mapping[str, Schema]) -> set[str]:
    """The names of every schema that a part of the document leads to."""
    found: set[str] = set()
    waiting = list(references(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(schemas[name])
    return found


def references(part: Any) -> Iterator[str]:
    """The schemas that a part of the document names."""
    if isinstance(part, list):
        for item in part:
            yield from references(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value.rpartition("/")[2]
            else:
                yield from references(value)


def simplified(part: Any) -> Any:
    """A schema without its limits."""
    if isinstance(part, list):
        return [simplified(item) for item in part]
    if not isinstance(part, dict):
        return part
    fields = part.get("properties", {})
    kept = {key: simplified(value) for key, value in part.items() if key not in LIMITS and key != "properties"}
    if "patternProperties" in kept:  # any key will do
        (kept["additionalProperties"],) = kept.pop("patternProperties").values()
    return kept | {"properties": {name: simplified(field) for name, field in fields.items()}} if fields else kept


def opened(part: Any) -> Any:
    """An answer's schema: without limits, open to values and fields that are not in the document yet."""
    return _opened(simplified(part))


def _opened(part: Any) -> Any:
    if isinstance(part, list):
        return [_opened(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "enum" in part and part.get("type") == "string":
        return {"anyOf": [{"type": "string", "enum": part["enum"]}, {"type": "string"}]}
    return {key: _opened(value) for key, value in part.items() if key != "additionalProperties" or value is not False}


def renamed(schemas: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """The schemas by names that read well: a page of carts is a CartSummaryPage."""
    names = {
        name: f"{name.removeprefix('Page_').rstrip('_')}Page" if name.startswith("Page_") else name for name in schemas
    }
    text = json.dumps({names[name]: schema for name, schema in schemas.items()})
    for old, new in names.items():
        text = text.replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    found: Mapping[str, Schema] = json.loads(text)
    return found


def main(arguments: list[str]) -> int:
    """Write the modules, or check them."""
    parser = ArgumentParser(description="The client's models, from the services' OpenAPI documents.")
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args(arguments).check
    with tempfile.TemporaryDirectory() as folder:
        current = {
            MODELS / f"{service}.py": generated(service, document, Path(folder))
            for service, document in documents().items()
        }
    outdated = [file for file, text in current.items() if not file.exists() or file.read_text() != text]
    for file in outdated:
        if is_check:
            sys.stderr.write(f"{file} is out of date: run `make client`\n")
        else:
            file.write_text(current[file])
    return 1 if outdated and is_check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
