"""The id of a request: the caller's own if it has a plain form, else a new one."""

import re

from servicekit.ids import new_id

HEADER = b"x-request-id"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The form that the gateway takes too: were ours stricter, an answer would name two ids."""


def request_id(header: bytes | None) -> str:
    """The id to work under; it ends up in logs, so only letters, digits, dots, dashes and underscores are taken."""
    if header is not None:
        text = header.decode("latin-1")
        if _PLAIN.fullmatch(text):
            return text
    return str(new_id())
