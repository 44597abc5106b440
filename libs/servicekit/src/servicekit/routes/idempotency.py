"""Idempotency-Key (rules.md 10): a call that is repeated has one effect and one answer, for as long as the key counts.

The key is reserved in the transaction of the effect, so a second call waits for the first one's uncommitted row, up to
the unit's lock_timeout of 2 s, and then replays its answer, or runs itself when the first one was rolled back. A use
case that reads and writes the key within its own statements takes `routes.conditions` and `db.idempotency_keys`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, ParamSpec, TypeVar

import asyncpg
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.db.idempotency_keys import LIFETIME_HOURS, finish, reserve, stored_answer
from servicekit.errors import (
    AnswerTooLarge422,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    LostRaces409,
    ServiceError,
)
from servicekit.http.answers import Answer
from servicekit.http.idempotency_key import HEADER, IdempotencyKey, idempotency_key
from servicekit.http.openapi_notes import Header, documents
from servicekit.http.problems import refusal
from servicekit.process.kit import kit_of
from servicekit.routes.audits import Effect, audit_of
from servicekit.routes.transactions import TenantUnitDep

P = ParamSpec("P")
T = TypeVar("T")

KEY_REFUSALS = (IdempotencyInProgress409, IdempotencyKeyReused422, AnswerTooLarge422)
"""What any route that takes the header may answer about it."""

IDEMPOTENCY_KEY = Header(
    HEADER,
    f"Makes a repeated call answer what the first one did, for {LIFETIME_HOURS} hours.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
)


async def key_of(request: Request, caller: Caller) -> IdempotencyKey | None:
    """The request under its Idempotency-Key, or None without one; raises ValidationFailed422 for what cannot be one."""
    return await idempotency_key(request, caller, kit_of(request).sealer)


async def reserved_or_answered(unit: TenantUnit, key: IdempotencyKey) -> Answer | None:
    """Take the key for this request (None), or what a call that is over was answered under it.

    Raises IdempotencyKeyReused422 when the key is another request's, whether or not that is over, and
    IdempotencyInProgress409 when this one's first call does not finish within 2 s or its answer cannot be opened.
    """
    if await _reserve(unit, key):
        return None
    stored = await stored_answer(unit, key.row)
    if stored is None:
        raise IdempotencyInProgress409
    return key.replay(stored)


async def idempotent(request: Request, unit: TenantUnit, caller: Caller, effect: Effect) -> Response:
    """Run the effect once for this Idempotency-Key, in the unit's transaction; without the header just run it.

    A refusal (4xx) is an answer and is replayed as well: what the effect wrote is undone, the refusal is stored. A 5xx,
    races that were lost (LostRaces409), and an answer that is too large to be stored (AnswerTooLarge422) are raised on:
    the transaction with the key in it is rolled back, and the call may be repeated. Where the route declares an audit,
    the effect is recorded with it; what is replayed was recorded the first time.
    """
    key, audit = await key_of(request, caller), audit_of(request)
    if audit is not None:
        effect = partial(audit.around, unit, effect)
    if key is None:
        return _response(await effect())
    earlier = await reserved_or_answered(unit, key)
    answer = earlier or await _attempt(request, unit, effect)
    if audit is not None and (earlier or answer.status >= 400):
        audit.needs_none()
    if earlier is not None:
        return earlier.response()
    await finish(unit, key.row, answer.status, key.seal(answer).sealed)
    return answer.response()


@dataclass(frozen=True, slots=True)
class Once:
    """Runs a route's use case once per Idempotency-Key, in the route's transaction.

    The use case is given as it is called, function and arguments apart, because a replay does not call it:

        return await once.show(201, WarehouseView.of, service.create_warehouse, once.unit, body.to_warehouse())

    Each method raises what the use case raises, and what `idempotent` does.
    """

    request: Request
    unit: TenantUnit
    caller: Caller

    async def run(
        self, use_case: Callable[P, Awaitable[Answer | Response]], *args: P.args, **kwargs: P.kwargs
    ) -> Response:
        """Answer what the use case answers."""
        return await idempotent(self.request, self.unit, self.caller, lambda: use_case(*args, **kwargs))

    async def show(
        self,
        status: int,
        view: Callable[[T], object],
        use_case: Callable[P, Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Response:
        """Answer the status, with what the use case returns as `view` shows it."""

        async def effect() -> Answer:
            return Answer(status, view(await use_case(*args, **kwargs)))

        return await idempotent(self.request, self.unit, self.caller, effect)

    async def make(
        self,
        status: int,
        view: Callable[[T], object],
        use_case: Callable[P, Awaitable[tuple[T, bool]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Response:
        """Answer as `show` does for a use case that returns what it made and True, or what was there and False.

        What was there already is no change, and leaves no audit entry.
        """

        async def effect() -> Answer:
            found, is_new = await use_case(*args, **kwargs)
            if not is_new and (audit := audit_of(self.request)):
                audit.needs_none()
            return Answer(status, view(found))

        return await idempotent(self.request, self.unit, self.caller, effect)

    async def silently(self, use_case: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Answer 204 once the use case has run; what it returns is not shown."""

        async def effect() -> Answer:
            await use_case(*args, **kwargs)
            return Answer(204)

        return await idempotent(self.request, self.unit, self.caller, effect)


@documents(*KEY_REFUSALS, headers=[IDEMPOTENCY_KEY])
async def once(request: Request, unit: TenantUnitDep) -> Once:
    """This request's idempotency; declare the caller before it, as before the unit."""
    return Once(request, unit, request.scope["caller"])


OnceDep = Annotated[Once, Depends(once, scope="function")]


async def _reserve(unit: TenantUnit, key: IdempotencyKey) -> bool:
    try:
        return await reserve(unit, key.row, key.request_hash)
    except asyncpg.LockNotAvailableError:
        raise IdempotencyInProgress409 from None


async def _attempt(request: Request, unit: TenantUnit, effect: Effect) -> Answer:
    try:
        async with unit.savepoint():
            return _answer(await effect()).rendered()
    except ServiceError as error:
        if error.status >= 500 or isinstance(error, LostRaces409):
            raise
        return refusal(request.scope, error).rendered()


def _answer(given: Answer | Response) -> Answer:
    return given if isinstance(given, Answer) else Answer.of(given)


def _response(given: Answer | Response) -> Response:
    return given.response() if isinstance(given, Answer) else given
