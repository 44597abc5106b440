"""Requests about a cart that call an upstream while no transaction is open (servicekit.routes.outside_transaction)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends
from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.http.etags import expected_version
from servicekit.process.kit import kit_of
from servicekit.routes.outside_transaction import OutsideTransaction, OutsideTransactionDep
from starlette.requests import Request
from starlette.responses import Response

from cart.carts.domain.cart import Cart
from cart.carts.domain.values import AppliedCode
from cart.carts.persistence.selectors import Selector
from cart.carts.routes.requests import moment
from cart.carts.use_cases.apply_code import CodeApplier
from cart.carts.use_cases.change import ChangeRequest
from cart.carts.use_cases.read_cart import load

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class CartOutsideTransaction:
    """The cart is read in one unit, an upstream called with none open, and what it answered written in another unit."""

    outside: OutsideTransaction

    @property
    def request(self) -> Request:
        """The request it is run for."""
        return self.outside.request

    async def read(self, caller: Caller, selector: Selector) -> Cart:
        """The caller's cart, in a unit that has ended when this returns; raises CartNotFound."""
        async with kit_of(self.request).database.unit(caller.company_id) as unit:
            return (await load(unit, selector)).cart

    async def run(
        self,
        caller: Caller,
        selector: Selector,
        call: Callable[[Cart, datetime], Awaitable[ResultT]],
        write: Callable[[TenantUnit, Cart, ResultT], Awaitable[Response]],
    ) -> Response:
        """Call about the cart, then write the result; once per Idempotency-Key (rules.md 10).

        The cart may have changed in between, so `write` judges again. Raises CartNotFound, and whatever `call` and
        `write` raise.
        """
        now = caller.occurred_at or kit_of(self.request).clock.now()

        async def read(unit: TenantUnit) -> Cart:
            return (await load(unit, selector)).cart

        async def called(cart: Cart, _: str | None) -> tuple[Cart, ResultT]:
            return cart, await call(cart, now)

        async def written(unit: TenantUnit, known: tuple[Cart, ResultT]) -> Response:
            return await write(unit, *known)

        return await self.outside.run(caller, read, called, written)


async def cart_outside_transaction(outside: OutsideTransactionDep) -> CartOutsideTransaction:
    """What this request does outside a transaction; declare the caller before it."""
    return CartOutsideTransaction(outside)


CartOutsideTransactionDep = Annotated[CartOutsideTransaction, Depends(cart_outside_transaction)]


async def apply_code_as(
    outside: CartOutsideTransaction, codes: CodeApplier, caller: Caller, selector: Selector, code: str
) -> Response:
    """Resolve the code for the caller's cart and put it there; guests' and customers' routes share it."""

    async def resolve(cart: Cart, now: datetime) -> AppliedCode:
        return await codes.resolve(cart, code, now)

    async def write(unit: TenantUnit, cart: Cart, resolved: AppliedCode) -> Response:
        change = ChangeRequest(selector, caller.actor, moment(caller, unit), expected_version(outside.request))
        return (await codes.apply(unit, change, cart.id, resolved)).response()

    return await outside.run(caller, selector, resolve, write)
