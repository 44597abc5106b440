"""How every body is read as JSON: as RFC 8259 has it, and no more than can be understood in one way only."""

from json import JSONDecodeError, JSONDecoder
from math import isinf
from typing import Any

from starlette.requests import Request


def decoded(content: bytes) -> Any:
    """What a body says; raises JSONDecodeError, and nothing else, for what is no JSON.

    That is also: NaN and infinities, by name or as a number beyond what a float holds; a name given twice in one
    object, which readers understand differently; whole numbers of more than 4,300 digits; a nesting of about a
    thousand levels; what is not UTF-8. Other whole numbers come through as they are.
    """
    try:
        return _DECODER.decode(content.decode())
    except JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        raise JSONDecodeError("not valid", "", 0) from None


class StrictRequest(Request):
    """A request whose `json` is `decoded`: what FastAPI reads a route's body by."""

    async def json(self) -> Any:
        """The body; raises JSONDecodeError."""
        if not hasattr(self, "_json"):
            self._json = decoded(await self.body())
        return self._json


def _finite(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError("beyond what a number can be")
    return number


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


_DECODER = JSONDecoder(parse_float=_finite, parse_constant=_no_number, object_pairs_hook=_each_once)
