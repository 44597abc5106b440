"""Identifiers and secret tokens."""

import hashlib
import re
import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

TOKEN_LENGTH = 64
"""Hex characters of a session token: 32 random bytes (rules.md 7)."""

_TOKEN = re.compile(f"[0-9a-f]{{{TOKEN_LENGTH}}}")


def new_id() -> UUID:
    """A new UUID of version 7: ids made later sort later, which keeps indexes compact."""
    return uuid7()


def new_token() -> str:
    """A secret that cannot be guessed: 64 hex characters; only its hash may be stored."""
    return secrets.token_hex(TOKEN_LENGTH // 2)


def hash_token(token: str) -> bytes:
    """What is stored of a token: its SHA-256, 32 bytes. The token is random, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def is_token(text: str) -> bool:
    """Whether the text has the form of a token: 64 lower-case hex characters."""
    return _TOKEN.fullmatch(text) is not None
