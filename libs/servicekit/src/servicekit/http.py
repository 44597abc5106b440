"""What routes read and answer: strict JSON bodies in, orjson answers out."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema
from starlette.requests import Request
from starlette.responses import Response

from servicekit.errors import BadRequest400, VersionMismatch412

MAX_TEXT = 1000
"""Characters of a text field that states no limit of its own."""

_NO_NUL = r"^[^\x00]*$"
"""PostgreSQL stores every character but this one."""

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
            schema.setdefault("pattern", _NO_NUL)
        for part in schema.values():
            _tighten(part)


class Body(BaseModel):
    """A request's body: camelCase, unknown fields refused (rules.md 6), JSON types taken at their word.

    A number is not read from a string, nor a truth value from a number; texts end at 1,000 characters unless the field
    says otherwise and never contain NUL. Ids and times are read from their usual texts.
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


async def json_body(request: Request, model: type[BodyT]) -> BodyT:
    """Read the body as JSON whatever Content-Type says; raises BadRequest400, or RequestValidationError naming fields.

    For the two estimate routes (api.md, "Limits"); every other route declares its body as a parameter.
    """
    try:
        content = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise BadRequest400("The body is not valid JSON.") from None
    try:
        return model.model_validate(content)
    except ValidationError as invalid:
        faults = [{**error, "loc": ("body", *error["loc"])} for error in invalid.errors(include_url=False)]
        raise RequestValidationError(faults) from None


def expected_version(request: Request) -> int | None:
    """The version in If-Match, or None when any will do; raises VersionMismatch412 for a tag that can be no version.

    A weak tag counts as well: a proxy that compresses answers weakens their tags.
    """
    tag = request.headers.get("if-match")
    if tag is None or tag == "*":
        return None
    digits = tag.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise VersionMismatch412
    return int(digits)


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def to_json(content: Any) -> bytes:
    """JSON in UTF-8: ids as text, times in RFC 3339 ending in Z, models by their wire names."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def plain(content: Any) -> Any:
    """The content as it would arrive: nothing but JSON's own types, for what is passed on instead of answered."""
    return orjson.loads(to_json(content))


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, UUID):  # the driver's own subclass, which orjson does not take for a UUID
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Json(Response):
    """An answer whose content is written once, without a second validation; bytes are sent as they are."""

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        media_type: str | None = None,
    ) -> None:
        super().__init__(content, status_code=status, headers=headers, media_type=media_type)

    def render(self, content: Any) -> bytes:
        """The content as JSON, unless it already is."""
        return content if isinstance(content, bytes) else to_json(content)
