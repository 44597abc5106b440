"""Errands: changes for which a neighbour is asked. No transaction is open, and no lock is held, while it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from contracts.errors import ErrorCode
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
from servicekit.http.openapi_notes import describes
from servicekit.process.kit import kit_of
from servicekit.routes.idempotency import Answer, Fingerprint, earlier_answer, fingerprint, idempotent
from servicekit.routes.openapi import IDEMPOTENCY_KEY

ReadT = TypeVar("ReadT")
SaidT = TypeVar("SaidT")

_Finish = Callable[[TenantUnit], Awaitable[Answer | Response]]

_UNSETTLED = frozenset({ErrorCode.IDEMPOTENCY_IN_PROGRESS, ErrorCode.IDEMPOTENCY_KEY_REUSED})
"""What a neighbour says of the key rather than of the wish: no answer to keep under ours."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One request's errand: what is needed is read in one unit, the neighbour asked, its word written in another."""

    request: Request

    async def run(
        self,
        caller: Caller,
        read: Callable[[TenantUnit], Awaitable[ReadT]],
        ask: Callable[[ReadT, str | None], Awaitable[SaidT]],
        write: Callable[[TenantUnit, SaidT], Awaitable[Answer | Response]],
    ) -> Response:
        """Read, ask, then write what was said; once per Idempotency-Key (rules.md 10).

        `ask` is given the key to send on, the same for every retry of the shopper's: where an answer or our own commit
        was lost, the neighbour answers the retry as before, and only then is it written. A neighbour's refusal is an
        answer and is stored under the key; its absence (5xx) is not. Raises whatever the three raise.
        """
        kit = kit_of(self.request)
        found = await fingerprint(self.request, caller)
        async with kit.database.unit(caller.company_id) as unit:
            earlier = await earlier_answer(unit, kit.sealer, found) if found else None
            if earlier is not None:
                return earlier
            known = await read(unit)
        finish = await _asked(found, known, ask, write)
        async with kit.database.unit(caller.company_id) as unit:
            return await idempotent(self.request, unit, caller, lambda: finish(unit))


async def _asked(
    found: Fingerprint | None,
    known: ReadT,
    ask: Callable[[ReadT, str | None], Awaitable[SaidT]],
    write: Callable[[TenantUnit, SaidT], Awaitable[Answer | Response]],
) -> _Finish:
    try:
        said = await ask(known, found.for_neighbours if found else None)
    except ServiceError as refusal:
        if found is None or refusal.status >= 500 or refusal.code in _UNSETTLED:
            raise
        return _refusing(refusal)
    return lambda unit: write(unit, said)


def _refusing(refusal: ServiceError) -> _Finish:
    async def refuse(_: TenantUnit) -> Response:
        raise refusal

    return refuse


@describes(
    Conflict409,
    ServiceUnavailable503,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    headers=[IDEMPOTENCY_KEY],
)
async def errand(request: Request) -> Errand:
    """The errand of this request; declare the caller before it."""
    return Errand(request)


ErrandDep = Annotated[Errand, Depends(errand)]
