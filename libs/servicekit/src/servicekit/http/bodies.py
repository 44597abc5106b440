"""The shapes of bodies: strict JSON in (`Body`), documented answers out (`View`)."""

from email.message import Message
from functools import lru_cache
from json import JSONDecodeError
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema
from starlette.requests import ClientDisconnect, Request

from servicekit.errors import BadRequest400
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.json_bodies import decoded

MAX_TEXT = 1000
"""Characters of a text field that states no limit of its own."""

_JSON_NUMBERS = frozenset({"int", "float", "bool"})


def _tighten(schema: Any) -> None:
    """Make the scalars of a schema strict, and bound its texts, in place."""
    if isinstance(schema, list | tuple):
        for part in schema:
            _tighten(part)
    elif isinstance(schema, dict):
        kind = schema.get("type")
        if isinstance(kind, str) and kind in _JSON_NUMBERS:  # no text where a model has a field named "type"
            schema["strict"] = True
        elif kind == "str":
            schema.setdefault("max_length", MAX_TEXT)
            schema.setdefault("pattern", FREE_TEXT)
        for part in schema.values():
            _tighten(part)


class Body(BaseModel):
    """A request's body: camelCase, unknown fields refused (rules.md 6), JSON types taken at their word.

    A number is not read from a string, nor a truth value from a number; texts end at 1,000 characters unless the field
    says otherwise and hold no control characters. Ids and times are read from their usual texts.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _tighten(schema)
        return schema


def unchanged(default: Any) -> Any:
    """A field of a PATCH body: left out it stays as it is, and its stand-in is no part of the document."""
    return Field(default=default, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class View(BaseModel):
    """The documented shape of an answer: camelCase, built from our own data."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


BodyT = TypeVar("BodyT", bound=BaseModel)


_MISSING = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}


async def json_body(request: Request, model: type[BodyT]) -> BodyT:
    """Read the body as JSON whatever Content-Type says; raises BadRequest400, or RequestValidationError naming fields.

    For the two estimate routes (api.md, "Limits"); every other route declares its body as a parameter.
    """
    return _validated(_parsed(await request.body()), model)


async def sent_body(request: Request, model: type[BodyT]) -> BodyT:
    """Read the body as FastAPI does, with the same refusals: one that Content-Type does not call JSON fits no model."""
    try:
        content = await request.body()
    except ClientDisconnect:
        raise BadRequest400("The body did not arrive whole.") from None
    if not content:
        raise RequestValidationError([_MISSING])
    return _validated(_parsed(content) if _is_json(request.headers.get("content-type")) else content, model)


def _parsed(content: bytes) -> Any:
    try:
        return decoded(content)
    except JSONDecodeError:
        raise BadRequest400("The body is not valid JSON.") from None


def _validated(content: Any, model: type[BodyT]) -> BodyT:
    try:
        return model.model_validate(content, from_attributes=True)  # FastAPI says it so, and words faults by it
    except ValidationError as invalid:
        faults = [{**error, "loc": ("body", *error["loc"])} for error in invalid.errors(include_url=False)]
        raise RequestValidationError(faults) from None


@lru_cache(256)
def _is_json(content_type: str | None) -> bool:
    """Whether a Content-Type is application/json, or of a subtype that ends in +json."""
    message = Message()
    message["content-type"] = content_type or "application/octet-stream"
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))
