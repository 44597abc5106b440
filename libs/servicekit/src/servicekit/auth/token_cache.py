"""Verified tokens, remembered for a moment: a signature is checked once a minute, not once a request."""

import hashlib
import time
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_AGE_SECONDS = 60.0
MAX_ENTRIES = 10_000


class TokenCache(Generic[T]):
    """What a token proved, by the token's SHA-256, least recently used out first.

    Only what verified is kept, for 60 s and never beyond the token's own `exp`, so a withdrawn key is believed for a
    minute at most. The token itself is not kept.
    """

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._entries: OrderedDict[bytes, tuple[float, T]] = OrderedDict()
        self._max_entries = max_entries

    def get(self, token: str) -> T | None:
        """What the token proved, or None when it must be verified (again)."""
        key = _key(token)
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] <= time.time():
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, token: str, expires_at: float, value: T) -> None:
        """Remember a token that verified; `expires_at` is its `exp` in seconds since 1970."""
        self._entries[_key(token)] = (min(expires_at, time.time() + MAX_AGE_SECONDS), value)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
