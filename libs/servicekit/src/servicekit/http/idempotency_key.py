"""One request under its Idempotency-Key (rules.md 10): what it is known by, and how its answer is sealed and replayed.

Answers are sealed (AES-256-GCM, bound to company, identity and key), because a replayed creation gives its session
token again.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import UUID

import structlog
from starlette.requests import Request

from servicekit.auth.caller import Caller
from servicekit.db.idempotency_keys import StoredAnswer
from servicekit.errors import IdempotencyInProgress409, IdempotencyKeyReused422, ValidationFailed422
from servicekit.http.answers import Answer
from servicekit.http.stored_answers import pack, read, unpack
from servicekit.sealing import SealBroken, Sealer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[!-~]{1,255}")
_MIN_ANONYMOUS_KEY = 16
_PACKED = b"\npacked"
"""Marks the context of answers that are compressed, so that older code does not take them for its own."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """An answer as the table stores it, to be written in its effect's transaction (`db.idempotency_keys.STORE`)."""

    identity: str
    key: str
    request_hash: bytes
    status: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A request that is to have one effect: whose (`identity`, in a company), under which key, asking for what.

    `request_hash` is the fingerprint of method, path, query and body by the key that seals. Pure: it reads and writes
    no table.
    """

    company_id: UUID
    identity: str
    key: str
    request_hash: bytes
    earlier_hashes: frozenset[bytes]
    """What other keys that unseal make of the request, and its SHA-256, which older code stored."""
    sealer: Sealer = field(repr=False, compare=False)

    @property
    def row(self) -> tuple[UUID, str, str]:
        """The primary key of its row."""
        return self.company_id, self.identity, self.key

    @property
    def for_upstream(self) -> str:
        """The key under which an upstream is called for this request: this caller's own, and one for all retries."""
        return hashlib.sha256(f"{self.identity}\n{self.key}".encode()).hexdigest()

    def seal(self, answer: Answer) -> SealedAnswer:
        """The answer as it is stored: to be called before its effect is certain.

        Raises AnswerTooLarge422 for one that is not kept under a key.
        """
        rendered = answer.rendered()
        sealed = self.sealer.seal(pack(rendered), self._context + _PACKED)
        return SealedAnswer(self.identity, self.key, self.request_hash, rendered.status, sealed)

    def replay(self, stored: StoredAnswer) -> Answer:
        """The first call's answer again, marked as replayed.

        Raises IdempotencyKeyReused422 when the row is of another request, IdempotencyInProgress409 when there is no
        answer yet or it cannot be opened (sealed with a key that is gone).
        """
        if stored.request_hash != self.request_hash and stored.request_hash not in self.earlier_hashes:
            raise IdempotencyKeyReused422
        if stored.status is None or stored.sealed is None:
            raise IdempotencyInProgress409
        answer = self._unsealed(stored.status, stored.sealed)
        return replace(answer, headers={**answer.headers, REPLAYED: "true"})

    def _unsealed(self, status: int, sealed: bytes) -> Answer:
        """The two forms are bound to different contexts, so that neither is taken for the other."""
        with suppress(SealBroken):
            return unpack(status, self.sealer.unseal(sealed, self._context + _PACKED))
        try:
            return read(status, self.sealer.unseal(sealed, self._context))
        except SealBroken:
            log.error("stored_answer_unreadable")
            raise IdempotencyInProgress409 from None

    @property
    def _context(self) -> bytes:
        """What a sealed answer is bound to."""
        return f"{self.company_id}\n{self.identity}\n{self.key}".encode()


async def idempotency_key(request: Request, caller: Caller, sealer: Sealer) -> IdempotencyKey | None:
    """The request under its key, or None without the header; raises ValidationFailed422 for a key that cannot be one.

    A guest without a session is known by address only, so its key must be long enough not to be another's by chance.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise ValidationFailed422.of(HEADER, "must be 1 to 255 visible ASCII characters")
    if not caller.subject and len(key) < _MIN_ANONYMOUS_KEY:
        raise ValidationFailed422.of(HEADER, f"must have {_MIN_ANONYMOUS_KEY} characters or more, such as a UUID")
    scope = request.scope
    request_line = b"%s %s?%s\n" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
    plain = hashlib.sha256(request_line)
    plain.update(await request.body())
    request_hash, *others = sealer.fingerprints(plain.digest())
    earlier = frozenset([*others, plain.digest()])
    return IdempotencyKey(caller.company_id, caller.identity, key, request_hash, earlier, sealer)
