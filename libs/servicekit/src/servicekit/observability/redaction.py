"""What is personal or secret is blanked in everything that leaves a process to be read by people (rules.md 35)."""

import re
from functools import lru_cache

from structlog.typing import EventDict, WrappedLogger

REDACTED = "[redacted]"

_SECRET_KEYS = re.compile(
    r"authorization|cookie|token|secret|password|e_?mail|address|body|headers|signature|api_?key", re.IGNORECASE
)
_SECRET_VALUES = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}"  # an address
    r"|eyJ[\w-]{5,}\.[\w-]+\.[\w-]*"  # a JWT
    r"|\b[0-9a-f]{64}\b"  # a session token, or the hash of one
)


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank what is secret or personal by its name, and addresses and tokens wherever they stand in a text."""
    for key, value in event.items():
        if _is_secret(key):
            event[key] = REDACTED
        elif isinstance(value, str):
            event[key] = _SECRET_VALUES.sub(REDACTED, value)
        elif isinstance(value, dict):
            event[key] = redact(_, __, dict(value))
        elif isinstance(value, list | tuple):
            event[key] = [redact(_, __, {"_": part})["_"] for part in value]
    return event


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEYS.search(key) is not None
