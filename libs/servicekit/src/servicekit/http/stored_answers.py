"""The form in which an answer is kept under an Idempotency-Key: its head and its body, compressed, and bounded.

Each call under a key stores one, so what one caller can make a database keep is the bound times the calls that the
rate limits let through (ADR 0024).
"""

import zlib

import orjson

from servicekit.errors import PROBLEM_JSON, AnswerTooLarge422
from servicekit.http.answers import JSON, Answer, to_json

MAX_STORED_BYTES = 256 * 1024
"""Of one answer, compressed: some thousand lines of a cart."""

_KEPT_HEADERS = frozenset({"content-language", "etag", "location"})
"""Headers that belong to the effect; all others belong to one exchange."""
_LEVEL = 1
"""The quickest: an answer is written once and rarely read again."""


def pack(answer: Answer) -> bytes:
    """The rendered answer's body, media type, and the headers that belong to the effect.

    Raises AnswerTooLarge422 beyond MAX_STORED_BYTES.
    """
    kept = {name.lower(): value for name, value in answer.headers.items() if name.lower() in _KEPT_HEADERS}
    head = to_json({"headers": kept, "problem": answer.media_type == PROBLEM_JSON})
    packed = zlib.compress(head + b"\n" + answer.content, _LEVEL)
    if len(packed) > MAX_STORED_BYTES:
        raise AnswerTooLarge422
    return packed


def unpack(status: int, packed: bytes) -> Answer:
    """The answer that was packed, marked as given before."""
    return read(status, zlib.decompress(packed))


def read(status: int, plain: bytes) -> Answer:
    """The answer as it was stored before answers were compressed."""
    head, _, body = plain.partition(b"\n")
    meta = orjson.loads(head)
    return Answer(status, body, meta["headers"], PROBLEM_JSON if meta["problem"] else JSON, replayed=True)
