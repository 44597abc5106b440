"""Idempotency-Key (rules.md 10): the same call twice has one effect and the same answer, for 24 hours.

The row is claimed in the transaction of the effect, so a second call waits on the first one's uncommitted row, up to
the unit's lock_timeout of 2 s, and then replays it, or runs itself when the first one was rolled back. Answers are
sealed (AES-256-GCM, bound to company, identity and key), because a replayed creation gives its session token again.

idempotency_keys, for use cases that fold the reading and the writing into statements of their own:
    company_id, identity, key   primary key; `Fingerprint.identity` and `Fingerprint.key`
    request_hash   bytea, SHA-256 of method, path, query and body; another hash under the same key is 422
    status, answer   what was answered: `seal(...)` makes the answer's bytes, `replay(...)` the response again;
                     null only inside the transaction that has claimed the key and not finished
    created_at   a row older than 24 hours counts as absent and may be taken over
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from servicekit.auth.caller import Caller
from servicekit.db import Unit
from servicekit.errors import (
    PROBLEM_JSON,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    ServiceError,
    ValidationFailed422,
)
from servicekit.http.answers import Json, to_json
from servicekit.http.problems import problem_answer
from servicekit.process.kit import kit_of
from servicekit.sealing import SealBroken, Sealer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
WINDOW = "24 hours"

_KEY = re.compile(r"[!-~]{1,255}")
_MIN_ANONYMOUS_KEY = 16
_KEPT_HEADERS = ("etag", "location")

CLAIM = f"""
INSERT INTO idempotency_keys AS k (company_id, identity, key, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (company_id, identity, key) DO UPDATE
    SET request_hash = excluded.request_hash, status = NULL, answer = NULL, created_at = now()
    WHERE k.created_at < now() - interval '{WINDOW}'
RETURNING true
"""
READ = f"""
SELECT request_hash, status, answer FROM idempotency_keys
 WHERE company_id = $1 AND identity = $2 AND key = $3 AND created_at >= now() - interval '{WINDOW}'
"""
FINISH = """
UPDATE idempotency_keys SET status = $4, answer = $5 WHERE company_id = $1 AND identity = $2 AND key = $3
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an effect answers: `content` is JSON-able, or bytes that already are JSON."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A call that wants to happen once: who, under which key, asks for what."""

    company_id: UUID
    identity: str
    key: str
    request_hash: bytes

    @property
    def context(self) -> bytes:
        """What a sealed answer is bound to."""
        return f"{self.company_id}\n{self.identity}\n{self.key}".encode()

    @property
    def row(self) -> tuple[UUID, str, str]:
        """The primary key of its row."""
        return self.company_id, self.identity, self.key

    @property
    def for_upstream(self) -> str:
        """The key under which a neighbour is asked for this call: this caller's own, and the same for every retry."""
        return hashlib.sha256(f"{self.identity}\n{self.key}".encode()).hexdigest()


async def fingerprint(request: Request, caller: Caller) -> Fingerprint | None:
    """The call's fingerprint, or None without the header; raises ValidationFailed422 for a key that cannot be one.

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
    asked = hashlib.sha256(b"%s %s?%s\n" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"]))
    asked.update(await request.body())
    return Fingerprint(caller.company_id, caller.identity, key, asked.digest())


def seal(sealer: Sealer, print_: Fingerprint, answer: Response) -> bytes:
    """The bytes for the column `answer`: body, media type and the headers that belong to the effect, sealed."""
    kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    head = to_json({"headers": kept, "problem": answer.media_type == PROBLEM_JSON})
    return sealer.seal(head + b"\n" + bytes(answer.body), print_.context)


def replay(sealer: Sealer, print_: Fingerprint, record: Mapping[str, Any] | asyncpg.Record) -> Response:
    """The first call's answer again, from its row (request_hash, status, answer).

    Raises IdempotencyKeyReused422 when the row is of another request, IdempotencyInProgress409 when it cannot be opened
    (sealed with a key that is gone).
    """
    if record["request_hash"] != print_.request_hash:
        raise IdempotencyKeyReused422
    try:
        head, _, body = sealer.open(record["answer"], print_.context).partition(b"\n")
    except SealBroken:
        log.error("stored_answer_unreadable")
        raise IdempotencyInProgress409 from None
    meta = orjson.loads(head)
    headers = {**meta["headers"], REPLAYED: "true"}
    return Json(body, record["status"], headers, PROBLEM_JSON if meta["problem"] else None)


async def earlier_answer(unit: Unit, sealer: Sealer, print_: Fingerprint) -> Response | None:
    """What a call that is over was answered under this key; None while there is none. Raises what `replay` raises."""
    record = await unit.fetchrow(READ, *print_.row)
    return None if record is None else replay(sealer, print_, record)


async def idempotent(
    request: Request, unit: Unit, caller: Caller, effect: Callable[[], Awaitable[Answer | Response]]
) -> Response:
    """Run the effect once for this Idempotency-Key, in the unit's transaction; without the header just run it.

    A refusal (4xx) is an answer and is replayed as well: what the effect wrote is undone, the refusal is stored. A 5xx
    is raised on, so that the transaction with the key in it is rolled back and the call may be repeated.
    """
    print_ = await fingerprint(request, caller)
    if print_ is None:
        return _response(await effect())
    sealer = kit_of(request).sealer
    if not await claim(unit, print_):
        earlier = await earlier_answer(unit, sealer, print_)
        if earlier is None:
            raise IdempotencyInProgress409
        return earlier
    answer = await _attempt(request, unit, effect)
    await unit.execute(FINISH, *print_.row, answer.status_code, seal(sealer, print_, answer))
    return answer


async def claim(unit: Unit, print_: Fingerprint) -> bool:
    """Take the key for this transaction, or find it taken; raises IdempotencyInProgress409 after waiting for 2 s."""
    try:
        return bool(await unit.fetchval(CLAIM, *print_.row, print_.request_hash))
    except asyncpg.LockNotAvailableError:
        raise IdempotencyInProgress409 from None


async def _attempt(request: Request, unit: Unit, effect: Callable[[], Awaitable[Answer | Response]]) -> Response:
    try:
        async with unit.savepoint():
            return _response(await effect())
    except ServiceError as refusal:
        if refusal.status >= 500:
            raise
        return problem_answer(request.scope, refusal)


def _response(answer: Answer | Response) -> Response:
    if isinstance(answer, Response):
        return answer
    return Json(answer.content, status=answer.status, headers=answer.headers)
