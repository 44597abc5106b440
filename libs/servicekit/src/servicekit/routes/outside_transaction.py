"""Changes that need another service's answer: no transaction is open, and no lock held, while the upstream answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, ServiceError, ServiceUnavailable503
from servicekit.http.answers import Answer
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.routes.idempotency import IDEMPOTENCY_KEY, KEY_REFUSALS, idempotent, key_of, reserved_or_answered

FoundT = TypeVar("FoundT")
ResultT = TypeVar("ResultT")

_ABOUT_THE_KEY = frozenset(refusal.code for refusal in KEY_REFUSALS)
"""An upstream's refusals about the key rather than the request: not kept as an answer under the caller's key."""


class UpstreamChange(Protocol[FoundT, ResultT]):
    """A use case that calls an upstream, in three steps: each is given what those before it returned."""

    async def read(self, unit: TenantUnit) -> FoundT:
        """What the call needs of our own database."""

    async def call(self, found: FoundT, key: str | None) -> ResultT:
        """Call the upstream, while no transaction is open.

        `key` is the idempotency key to send on, one and the same for every retry of the shopper's request: where an
        answer or our own commit was lost, the upstream replays its answer to the retry, and only then is it written.
        """

    async def write(self, unit: TenantUnit, found: FoundT, result: ResultT) -> Answer:
        """Write the result. What was found may have changed meanwhile, so this judges again."""


@dataclass(frozen=True, slots=True)
class OutsideTransaction:
    """Runs the three steps for a request: read in one unit, call with none open, write in another unit."""

    request: Request

    async def run(
        self,
        caller: Caller,
        change: UpstreamChange[FoundT, ResultT],
        *,
        known: Callable[[FoundT], ResultT | None] | None = None,
    ) -> Response:
        """Read, call, then write; once per Idempotency-Key (rules.md 10), which is this request's from the first unit.

        Where `known` has a result for what was read, no call is made, and all is done in the first unit. An upstream's
        refusal (4xx) is an answer and is stored under the key; its absence (5xx) is not. Raises whatever the three
        steps raise.
        """
        kit = kit_of(self.request)
        key = await key_of(self.request, caller)
        async with kit.database.unit(caller.company_id) as unit:
            earlier = await reserved_or_answered(unit, key) if key else None
            if earlier is not None:
                return earlier.response()
            found = await change.read(unit)
            if known is not None and (result := known(found)) is not None:
                return await self._finish(unit, caller, change, found, result)
        outcome = await _call(change, found, key)
        async with kit.database.unit(caller.company_id) as unit:
            return await self._finish(unit, caller, change, found, outcome)

    async def _finish(
        self,
        unit: TenantUnit,
        caller: Caller,
        change: UpstreamChange[FoundT, ResultT],
        found: FoundT,
        outcome: ResultT | ServiceError,
    ) -> Response:
        return await idempotent(self.request, unit, caller, lambda: _write(change, unit, found, outcome))


async def _call(
    change: UpstreamChange[FoundT, ResultT], found: FoundT, key: IdempotencyKey | None
) -> ResultT | ServiceError:
    """The upstream's result, or the refusal that is to be stored under the key."""
    try:
        return await change.call(found, key.for_upstream if key else None)
    except ServiceError as refusal:
        if key is None or refusal.status >= 500 or refusal.code in _ABOUT_THE_KEY:
            raise
        return refusal


async def _write(
    change: UpstreamChange[FoundT, ResultT], unit: TenantUnit, found: FoundT, result: ResultT | ServiceError
) -> Answer:
    if isinstance(result, ServiceError):
        raise result
    return await change.write(unit, found, result)


@documents(
    Conflict409,
    ServiceUnavailable503,
    *KEY_REFUSALS,
    headers=[IDEMPOTENCY_KEY],
)
async def outside_transaction(request: Request) -> OutsideTransaction:
    """What runs this request's three steps; declare the caller before it."""
    return OutsideTransaction(request)


OutsideTransactionDep = Annotated[OutsideTransaction, Depends(outside_transaction)]
