"""One request under its Idempotency-Key (rules.md 10): what it is known by, and how its answer is sealed and replayed.

Answers are sealed (AES-256-GCM, bound to company, identity and key), because a replayed creation gives its session
token again.
"""

import hashlib
import re
from dataclasses import dataclass, field
from uuid import UUID

import orjson
import structlog
from starlette.requests import Request

from servicekit.auth.caller import Caller
from servicekit.db.idempotency_keys import StoredAnswer
from servicekit.errors import PROBLEM_JSON, IdempotencyInProgress409, IdempotencyKeyReused422, ValidationFailed422
from servicekit.http.answers import JSON, Answer, to_json
from servicekit.sealing import SealBroken, Sealer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[!-~]{1,255}")
_MIN_ANONYMOUS_KEY = 16
_KEPT_HEADERS = frozenset({"etag", "location"})
"""Headers that belong to the effect; all others belong to one exchange."""

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

    `request_hash` is the SHA-256 of method, path, query and body. Pure: it reads and writes no table.
    """

    company_id: UUID
    identity: str
    key: str
    request_hash: bytes
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
        """The answer as it is stored: status, body, media type, and the headers that belong to the effect."""
        rendered = answer.rendered()
        kept = {name.lower(): value for name, value in rendered.headers.items() if name.lower() in _KEPT_HEADERS}
        head = to_json({"headers": kept, "problem": rendered.media_type == PROBLEM_JSON})
        sealed = self.sealer.seal(head + b"\n" + rendered.content, self._context)
        return SealedAnswer(self.identity, self.key, self.request_hash, rendered.status, sealed)

    def replay(self, stored: StoredAnswer) -> Answer:
        """The first call's answer again, marked as replayed.

        Raises IdempotencyKeyReused422 when the row is of another request, IdempotencyInProgress409 when there is no
        answer yet or it cannot be opened (sealed with a key that is gone).
        """
        if stored.request_hash != self.request_hash:
            raise IdempotencyKeyReused422
        if stored.status is None or stored.sealed is None:
            raise IdempotencyInProgress409
        try:
            head, _, body = self.sealer.unseal(stored.sealed, self._context).partition(b"\n")
        except SealBroken:
            log.error("stored_answer_unreadable")
            raise IdempotencyInProgress409 from None
        meta = orjson.loads(head)
        media_type = PROBLEM_JSON if meta["problem"] else JSON
        return Answer(stored.status, body, {**meta["headers"], REPLAYED: "true"}, media_type, replayed=True)

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
    request_hash = hashlib.sha256(request_line)
    request_hash.update(await request.body())
    return IdempotencyKey(caller.company_id, caller.identity, key, request_hash.digest(), sealer)
