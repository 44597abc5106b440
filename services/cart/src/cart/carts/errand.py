"""Changes of a cart for which an upstream is asked with no transaction open (servicekit.routes.outside_transaction)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends
from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.process.kit import kit_of
from servicekit.routes.outside_transaction import OutsideTransaction
from servicekit.routes.outside_transaction import OutsideTransactionDep as AnyErrand
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts import repository
from cart.carts.model import Cart
from cart.carts.repository import Selector

SaidT = TypeVar("SaidT")


@dataclass(frozen=True, slots=True)
class CartErrand:
    """One request's errand: the cart is read in one unit, the neighbour asked, its answer written in another unit."""

    errand: OutsideTransaction

    @property
    def request(self) -> Request:
        """The request it is run for."""
        return self.errand.request

    async def read(self, caller: Caller, selector: Selector) -> Cart:
        """The caller's cart, in a unit that has ended when this returns; raises CartNotFound."""
        async with kit_of(self.request).database.unit(caller.company_id) as unit:
            return await _cart(unit, selector)

    async def run(
        self,
        caller: Caller,
        selector: Selector,
        ask: Callable[[Cart, datetime], Awaitable[SaidT]],
        write: Callable[[TenantUnit, Cart, SaidT], Awaitable[Response]],
    ) -> Response:
        """Ask about the cart, then write what was said; once per Idempotency-Key (rules.md 10).

        The cart may have changed in between, so `write` judges again. Raises CartNotFound, and whatever `ask` and
        `write` raise.
        """
        now = caller.occurred_at or kit_of(self.request).clock.now()

        async def read(unit: TenantUnit) -> Cart:
            return await _cart(unit, selector)

        async def asked(cart: Cart, _: str | None) -> tuple[Cart, SaidT]:
            return cart, await ask(cart, now)

        async def written(unit: TenantUnit, known: tuple[Cart, SaidT]) -> Response:
            return await write(unit, *known)

        return await self.errand.run(caller, read, asked, written)


async def _cart(unit: TenantUnit, selector: Selector) -> Cart:
    loaded = await repository.load(unit, selector)
    if loaded is None:
        raise errors.CartNotFound()
    return loaded.cart


async def cart_errand(errand: AnyErrand) -> CartErrand:
    """The errand of this request; declare the caller before it."""
    return CartErrand(errand)


ErrandDep = Annotated[CartErrand, Depends(cart_errand)]
