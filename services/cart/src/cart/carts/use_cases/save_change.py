"""Saving a change of one cart, with its answer and with what has to be written beside it."""

from contextlib import suppress

from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart.carts.domain.pricing import PricedCart
from cart.carts.domain.records import Updated
from cart.carts.persistence import carts
from cart.carts.use_cases.requests import ChangeRequest


async def save_change(
    unit: TenantUnit, request: ChangeRequest, priced: PricedCart, done: Updated, answer: Answer
) -> None:
    """Write the cart, the answer under the request's key, and what is beside; all or nothing.

    Raises what `carts.save` does, and what the request's `beside` refuses: then nothing is written.
    """
    sealed = request.key.seal(answer) if request.key else None
    if request.beside is None:
        await carts.save(unit, priced, sealed)
        return
    async with unit.savepoint():
        await carts.save(unit, priced, sealed)
        await request.beside(unit, done)


async def judge_beside(unit: TenantUnit, request: ChangeRequest, done: Updated) -> None:
    """Raise what the request's `beside` refuses, before stock moves for the change; what it writes is undone."""
    if request.beside is None:
        return
    with suppress(_Judged):
        async with unit.savepoint():
            await request.beside(unit, done)
            raise _Judged


class _Judged(Exception):
    """Undoes what was written to judge it."""
