"""Errands: changes for which a neighbour is asked. No transaction is open, and no lock is held, while it answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends
from servicekit.auth import Caller
from servicekit.db import Unit
from servicekit.describe import describes
from servicekit.errors import (
    Conflict409,
    IdempotencyInProgress409,
    IdempotencyKeyReused422,
    ServiceError,
    ServiceUnavailable503,
)
from servicekit.idempotency import fingerprint, idempotent
from servicekit.kit import kit_of
from servicekit.openapi import IDEMPOTENCY_KEY
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts import repository
from cart.carts.edge import Keeper, respond
from cart.carts.model import Cart
from cart.carts.repository import Loaded, Selector

SaidT = TypeVar("SaidT")

_Finish = Callable[[Unit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Errand:
    """One request's errand: the cart is read in one unit, the neighbour asked, its answer written in another unit."""

    request: Request

    async def read(self, caller: Caller, selector: Selector) -> Cart:
        """The caller's cart, in a unit that has ended when this returns; raises CartNotFound."""
        async with kit_of(self.request).database.unit(caller.company_id) as unit:
            loaded = await repository.load(unit, selector)
        if loaded is None:
            raise errors.CartNotFound()
        return loaded.cart

    async def run(
        self,
        caller: Caller,
        selector: Selector,
        ask: Callable[[Cart, datetime], Awaitable[SaidT]],
        write: Callable[[Unit, Cart, SaidT], Awaitable[Response]],
    ) -> Response:
        """Ask about the cart, then write what was said; once per Idempotency-Key (rules.md 10).

        A refusal of the neighbour is an answer and is stored under the key, its absence (5xx) is not. The cart may have
        changed in between, so `write` judges again. Raises CartNotFound, and whatever `ask` and `write` raise.
        """
        kit = kit_of(self.request)
        found = await fingerprint(self.request, caller)
        async with kit.database.unit(caller.company_id) as unit:
            key = (found.identity, found.key) if found else None
            loaded = await repository.load(unit, selector, key=key)
        if found is not None and loaded is not None and loaded.earlier is not None:
            return respond(Keeper(kit.sealer, found).replay(loaded.earlier))
        try:
            finish = await _asked(loaded, caller.occurred_at or kit.clock.now(), ask, write)
        except ServiceError as refusal:
            if found is None or refusal.status >= 500:
                raise
            finish = _refusing(refusal)
        async with kit.database.unit(caller.company_id) as unit:
            return await idempotent(self.request, unit, caller, lambda: finish(unit))


async def _asked(
    loaded: Loaded | None,
    now: datetime,
    ask: Callable[[Cart, datetime], Awaitable[SaidT]],
    write: Callable[[Unit, Cart, SaidT], Awaitable[Response]],
) -> _Finish:
    if loaded is None:
        raise errors.CartNotFound()
    cart, said = loaded.cart, await ask(loaded.cart, now)
    return lambda unit: write(unit, cart, said)


def _refusing(refusal: ServiceError) -> _Finish:
    async def refuse(_: Unit) -> Response:
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
