"""What routes answer: JSON by orjson, written once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from starlette.responses import Response


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
