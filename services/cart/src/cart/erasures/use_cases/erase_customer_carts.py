"""Erasing a customer from their carts (rules.md 35)."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from cart.archive import repository as archive
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.pricing import price
from cart.carts.persistence import carts
from cart.carts.persistence.selectors import Selector
from cart.erasures import repository
from cart.errors import HoldChanging
from cart.rules.service import CompiledRulesCache


async def erase_customer_carts(unit: TenantUnit, cart_ids: Sequence[UUID], rules: CompiledRulesCache) -> None:
    """Expire the open ones of these carts, as if their time was over, and anonymise all; again changes nothing.

    Of archived ones the key to what they say of a person is taken away, after the carts here: one that is archived at
    this moment is either here still, or found there.

    Raises HoldChanging while the stock of one is being changed by a call to inventory: it is tried again later.
    """
    context = ChangeContext("system", unit.now, new_id)
    for loaded in await carts.load_locked(unit, Selector.open_by_ids(list(cart_ids))):
        if loaded.cart.hold_change is not None:
            raise HoldChanging
        loaded.cart.expire(context)
        await carts.save(unit, price(loaded.cart, await rules.at(unit, loaded.rules_version), unit.now))
    await repository.anonymise(unit, cart_ids)
    await archive.forget_person(unit, cart_ids)
