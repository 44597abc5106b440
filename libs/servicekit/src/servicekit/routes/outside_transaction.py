"""Changes that need another service's answer: no transaction is open, and no lock held, while the upstream answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.errors import (
    Conflict409,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    ServiceError,
    ServiceUnavailable503,
)
from servicekit.http.answers import Answer
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.routes.idempotency import earlier_answer, idempotent, key_of
from servicekit.routes.openapi import IDEMPOTENCY_KEY

ReadT = TypeVar("ReadT")
ReplyT = TypeVar("ReplyT")

_Finish = Callable[[TenantUnit], Awaitable[Answer | Response]]

_ABOUT_THE_KEY = frozenset({IdempotencyInProgress409.code, IdempotencyKeyReused422.code})
"""An upstream's refusals about the key rather than the request: not kept as an answer under the caller's key."""


@dataclass(frozen=True, slots=True)
class OutsideTransaction:
    """A request in three steps: read in one unit, call an upstream with none open, write its answer in another unit."""

    request: Request

    async def run(
        self,
        caller: Caller,
        read: Callable[[TenantUnit], Awaitable[ReadT]],
        ask: Callable[[ReadT, str | None], Awaitable[ReplyT]],
        write: Callable[[TenantUnit, ReplyT], Awaitable[Answer | Response]],
    ) -> Response:
        """Read, ask the upstream, then write its answer; once per Idempotency-Key (rules.md 10).

        `ask` is given the key to send on, one and the same for every retry of the shopper's request: where an answer or
        our own commit was lost, the upstream replays its answer to the retry, and only then is it written. An
        upstream's refusal (4xx) is an answer and is stored under the key; its absence (5xx) is not. Raises whatever the
        three raise.
        """
        kit = kit_of(self.request)
        key = await key_of(self.request, caller)
        async with kit.database.unit(caller.company_id) as unit:
            earlier = await earlier_answer(unit, key) if key else None
            if earlier is not None:
                return earlier.response()
            known = await read(unit)
        finish = await _finish_of(key, known, ask, write)
        async with kit.database.unit(caller.company_id) as unit:
            return await idempotent(self.request, unit, caller, lambda: finish(unit))


async def _finish_of(
    key: IdempotencyKey | None,
    known: ReadT,
    ask: Callable[[ReadT, str | None], Awaitable[ReplyT]],
    write: Callable[[TenantUnit, ReplyT], Awaitable[Answer | Response]],
) -> _Finish:
    try:
        answer = await ask(known, key.for_upstream if key else None)
    except ServiceError as refusal:
        if key is None or refusal.status >= 500 or refusal.code in _ABOUT_THE_KEY:
            raise
        return _refusing(refusal)
    return lambda unit: write(unit, answer)


def _refusing(refusal: ServiceError) -> _Finish:
    async def refuse(_: TenantUnit) -> Response:
        raise refusal

    return refuse


@documents(
    Conflict409,
    ServiceUnavailable503,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    headers=[IDEMPOTENCY_KEY],
)
async def outside_transaction(request: Request) -> OutsideTransaction:
    """This request's three steps; declare the caller before it."""
    return OutsideTransaction(request)


OutsideTransactionDep = Annotated[OutsideTransaction, Depends(outside_transaction)]
