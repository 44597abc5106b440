"""Signed tokens of links in mails (rules.md 29): `v1.<key id>.<payload>.<HMAC-SHA256>`, base64url without padding.

The signature covers the text before it, and is compared as text and in constant time: base64url has several spellings
of the same bytes, and only the one that was given out is accepted.
"""

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Self
from uuid import UUID

from recovery.errors import RecoveryTokenExpired410, RecoveryTokenInvalid400

MIN_SECRET_LENGTH = 32
_VERSION = "v1"
_PAYLOAD = struct.Struct(">BB16s16sI")  # purpose, step, company, recovery, expiry in Unix seconds (0: never)
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_TOKEN = re.compile(r"v1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{1,100})\.([A-Za-z0-9_-]{43})", re.ASCII)


class Purpose(IntEnum):
    """What a token allows; one made for unsubscribing never restores, and the other way round."""

    RESTORE = 1
    UNSUBSCRIBE = 2


class MalformedKeys(ValueError):
    """The setting with the signing secrets cannot be used; the message never contains a secret."""


@dataclass(frozen=True, slots=True)
class LinkPayload:
    """What a token carries: one recovery of one company, which mail it was in, what for, and until when."""

    purpose: Purpose
    company_id: UUID
    recovery_id: UUID
    step: int
    expires_at: datetime | None


class KeyRing:
    """The secrets that sign and verify: the first signs, all verify, so links already out survive a rotation."""

    def __init__(self, secrets: dict[str, bytes]) -> None:
        self._secrets = secrets
        self._signer = next(iter(secrets))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `kid:secret,kid:secret`; a secret without an id is named by its own hash. Raises MalformedKeys."""
        pairs = [_key(part.strip()) for part in text.split(",")]
        secrets = dict(pairs)
        if len(secrets) != len(pairs):
            raise MalformedKeys("names one key id twice")
        return cls(secrets)

    def sign(self, payload: LinkPayload) -> str:
        """The token of a payload; equal payloads make equal tokens while the first key stays."""
        expiry = int(payload.expires_at.timestamp()) if payload.expires_at else 0
        packed = _PAYLOAD.pack(
            payload.purpose, payload.step, payload.company_id.bytes, payload.recovery_id.bytes, expiry
        )
        signed = f"{_VERSION}.{self._signer}.{_text(packed)}"
        return f"{signed}.{self._mac(self._signer, signed)}"

    def verify(self, token: str, purpose: Purpose, now: datetime) -> LinkPayload:
        """The payload of a token of ours. Raises RecoveryTokenInvalid400 for any other, RecoveryTokenExpired410."""
        match = _TOKEN.fullmatch(token)
        if match is None or match[1] not in self._secrets:
            raise RecoveryTokenInvalid400
        signed, _, mac = token.rpartition(".")
        if not hmac.compare_digest(self._mac(match[1], signed), mac):
            raise RecoveryTokenInvalid400
        payload = _unpack(match[2])
        if payload.purpose is not purpose:
            raise RecoveryTokenInvalid400
        if payload.expires_at is not None and payload.expires_at <= now:
            raise RecoveryTokenExpired410
        return payload

    def _mac(self, key_id: str, signed: str) -> str:
        return _text(hmac.digest(self._secrets[key_id], signed.encode("ascii"), "sha256"))


def _key(part: str) -> tuple[str, bytes]:
    key_id, separator, secret = part.partition(":")
    if not separator:
        key_id, secret = hashlib.sha256(part.encode()).hexdigest()[:8], part
    if _KEY_ID.fullmatch(key_id) is None:
        raise MalformedKeys("has a key id that is not 1 to 32 letters, digits, _ or -")
    if len(secret) < MIN_SECRET_LENGTH:
        raise MalformedKeys(f"has a secret of less than {MIN_SECRET_LENGTH} characters")
    return key_id, secret.encode()


def _unpack(packed: str) -> LinkPayload:
    """Unpack what our own signature vouches for."""
    purpose, step, company, recovery, expiry = _PAYLOAD.unpack(
        base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    )
    return LinkPayload(
        purpose=Purpose(purpose),
        company_id=UUID(bytes=company),
        recovery_id=UUID(bytes=recovery),
        step=step,
        expires_at=datetime.fromtimestamp(expiry, UTC) if expiry else None,
    )


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
