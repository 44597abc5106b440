"""A checkout freezes its cart: lines and prices stay until it thaws, or its time is over (rules.md 14). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.lines import Line
from cart.carts.domain.values import Freeze, PricedAs

LONGEST: Final = timedelta(hours=2)
"""From a checkout's first freeze: it is no way to keep an old price."""


@dataclass(frozen=True, slots=True)
class FreezeCart:
    """Freeze one cart for a checkout, or extend that checkout's freeze."""

    checkout_id: str
    lasting: timedelta

    def apply(self, found: Sequence[Cart], context: ChangeContext) -> None:
        """Beginning a checkout is the shopper's activity; the same checkout again keeps its prices, and gets more time.

        Raises CartNotFound, CartEmpty, CartFrozen for another checkout's cart, and what a final cart raises.
        """
        cart, now = _only(found), context.now
        cart.require_open(now)
        if not cart.lines:
            raise errors.CartEmpty()
        running = _of_checkout(cart, self.checkout_id, context)
        if running is None:
            products = {line.id: priced_as(line) for line in cart.lines}
            cart.frozen = Freeze(self.checkout_id, now, now + self.lasting, products, first_order=cart.first_order)
        else:
            until = min(now + self.lasting, running.at + LONGEST)
            cart.frozen = replace(running, until=max(running.until, until))
        cart.last_activity_at = now
        cart.reactivate(context)
        cart.raise_version(context)
        cart.note("FROZEN", context.actor, checkoutId=self.checkout_id, until=cart.frozen.until.isoformat())


@dataclass(frozen=True, slots=True)
class ThawCart:
    """End a checkout's freeze."""

    checkout_id: str

    def apply(self, found: Sequence[Cart], context: ChangeContext) -> None:
        """A cart that is not frozen, or final, stays as it is; raises CartNotFound, and CartFrozen for another's."""
        cart = _only(found)
        if not cart.is_open or _of_checkout(cart, self.checkout_id, context) is None:
            return
        cart.frozen = None
        cart.raise_version(context)
        cart.note("THAWED", context.actor, checkoutId=self.checkout_id)


def priced_as(line: Line) -> PricedAs:
    """What the catalogue says of a line now."""
    if line.catalogue is None:
        return PricedAs((), None)
    return PricedAs(tuple(line.catalogue.categories), line.catalogue.tax_category)


def _only(found: Sequence[Cart]) -> Cart:
    if not found:
        raise errors.CartNotFound()
    return found[0]


def _of_checkout(cart: Cart, checkout_id: str, context: ChangeContext) -> Freeze | None:
    running = cart.freeze_at(context.now)
    if running is not None and running.checkout_id != checkout_id:
        raise errors.CartFrozen(running.until, context.now)
    return running
