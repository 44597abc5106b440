"""What routes answer: JSON by orjson, written once; an `Answer` until it is known whether it has to be stored."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any
from uuid import UUID

import orjson
from contracts.value import value
from pydantic import BaseModel
from starlette.responses import Response

JSON = "application/json"
_MADE_WITH_THE_BODY = frozenset({"content-length", "content-type"})


def to_json(content: Any) -> bytes:
    """JSON in UTF-8: ids as text, times in RFC 3339 ending in Z, models by their wire names."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def plain(content: Any) -> Any:
    """The content as it would arrive: nothing but JSON's own types, for what is passed on instead of answered."""
    return orjson.loads(to_json(content))


def _plain(value: object) -> object:
    if isinstance(value, UUID):  # the driver's own subclass, which orjson does not take for a UUID
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


class Json(Response):
    """An answer whose content is written once, without a second validation; bytes are sent as they are."""

    media_type = JSON

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


@value
class Answer:
    """The status, body and headers that a use case gives to HTTP.

    `content` is anything `to_json` writes, or bytes that are sent as they are; a 204 has none.
    """

    status: int
    content: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
    replayed: bool = False
    """It was given before, under the same Idempotency-Key."""

    @classmethod
    def of(cls, response: Response) -> "Answer":
        """The answer that a finished response gives."""
        headers = {name: value for name, value in response.headers.items() if name not in _MADE_WITH_THE_BODY}
        return cls(response.status_code, bytes(response.body), headers, response.media_type or JSON)

    def rendered(self) -> "Answer":
        """The answer with its content as bytes, so that storing and sending it writes it once."""
        return self if isinstance(self.content, bytes) else replace(self, content=to_json(self.content))

    def response(self) -> Response:
        """The response to send."""
        if self.status == 204:
            return Response(status_code=204, headers=self.headers)
        return Json(self.content, self.status, self.headers, self.media_type)
