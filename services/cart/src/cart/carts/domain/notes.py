"""How much a cart keeps of what shoppers and storefronts write into its lines (ADR 0024): pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cart import errors
from cart.carts.domain.lines import Line

MAX_NOTE_BYTES: Final = 4096
"""Of one line's `meta`, and of its `rental`, as JSON: notes of the storefront, not a store of their own."""
MAX_OPTIONS_BYTES: Final = 1024
"""Of one request's `options`, as JSON: they are part of what makes a line one line, and so of its index."""
MAX_CART_BYTES: Final = 64 * 1024
"""Of the options, `meta` and `rental` of all lines, as JSON."""


def has_room(lines: Sequence[Line], candidate: Line) -> bool:
    """Whether the cart may keep the candidate's options, `meta` and `rental` beside those of its lines."""
    wanted = sum(_sizes(candidate).values())
    return wanted == 0 or wanted + sum(sum(_sizes(line).values()) for line in lines) <= MAX_CART_BYTES


def require_room(lines: Sequence[Line], candidate: Line) -> None:
    """Raise TooManyNotes, which names the candidate's longest field, unless there is room for it."""
    if has_room(lines, candidate):
        return
    sizes = _sizes(candidate)
    field = max(sizes, key=lambda name: sizes[name])
    message = f"options, meta and rental of all lines are {MAX_CART_BYTES} bytes of JSON at most: shorten it"
    raise errors.TooManyNotes(errors=[{"field": field, "message": message}])


def _sizes(line: Line) -> dict[str, int]:
    return {"options": _size(line.options), "meta": _size(line.meta), "rental": _size(line.rental)}


def _size(value: Mapping[str, Any] | None) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) if value else 0
