"""Order a cart: it becomes an order, exactly once (rules.md 16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.base import Actor
from contracts.cart_calls import CartConvertedAnswer, OrderedLine
from contracts.cart_calls import ConvertCart as ConvertCartBody
from contracts.inventory_calls import HoldState
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.context import ChangeContext
from cart.carts.domain.events import totals_of
from cart.carts.domain.ordering import LeftOver
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.explanation_view import order_record
from cart.carts.persistence import carts, orders, sessions
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.change import CartChanger
from cart.holds.domain import HoldRequest


@dataclass(frozen=True, slots=True)
class Ordered:
    """Whether the cart became the order now, not before, and what is left over."""

    now: bool
    left: LeftOver | None = None


@dataclass(frozen=True, slots=True)
class ConvertCart:
    """Make the cart an order of exactly these lines, of all when none is named; applied again, it changes nothing."""

    order_id: str
    lines: tuple[OrderedLine, ...] | None
    made_of: UUID | None
    """The cart that became this order before, if one did."""

    def apply(self, found: Sequence[Cart], context: ChangeContext) -> Ordered:
        """Raises CartNotFound, CartConvertedAlready for the order of another cart, and what `Cart.convert` raises."""
        if not found:
            raise errors.CartNotFound()
        cart = found[0]
        if cart.status == "CONVERTED" and cart.order_id == self.order_id:
            return Ordered(now=False)
        if self.made_of is not None:
            raise errors.CartConvertedAlready("This order was made of another cart.")
        return Ordered(now=True, left=cart.convert(self.order_id, self.lines, context))


@dataclass(frozen=True, slots=True)
class CartConverter:
    """Converts carts; one for the life of the process."""

    changer: CartChanger

    async def convert_cart(
        self, unit: TenantUnit, cart_id: UUID, order: ConvertCartBody, actor: Actor, now: datetime
    ) -> CartConvertedAnswer:
        """Order the cart; the same order id again answers as before.

        Held stock is committed to the order in inventory before the order is made, while the unit is suspended, and
        freed again if it is not made after all. Raises what `convert` does, InventoryHoldFailed when the hold is over
        and its stock is gone, HoldChanging, and ServiceUnavailable503.
        """
        conversion = _Conversion(self, cart_id, order, ChangeContext(actor, now, new_id))
        async with unit.suspended():
            return await self.changer.holds.run(unit.company_id, conversion)

    async def convert(
        self, unit: TenantUnit, cart_id: UUID, order: ConvertCartBody, context: ChangeContext
    ) -> tuple[CartConvertedAnswer, Cart | None]:
        """Make the order, without its stock; the cart as it is ordered, or None when it was ordered before.

        Raises CartNotFound, CartEmpty, ItemNotFound for lines the cart does not have, TotalMismatch,
        CartConvertedAlready for a cart ordered under another id and for an order made of another cart, and what other
        final carts raise. What was written before a refusal goes with the unit, which is not committed.
        """
        await carts.lock(unit, Selector.by_id(cart_id))
        await orders.one_at_a_time(unit, cart_id)
        made_of = await orders.cart_of(unit, order.order_id)
        intent = ConvertCart(order.order_id, order.lines, made_of)
        changed = await self.changer.change_locked_carts(
            unit, Selector.by_id(cart_id), intent, context, order_id=order.order_id
        )
        if not changed.outcome.now:
            return await orders.conversion(unit, cart_id), None
        (priced,) = changed.carts
        total, left = priced.quote.totals.total, changed.outcome.left
        if order.expected_total not in (None, total):
            raise errors.TotalMismatch(total=total, expectedTotal=order.expected_total)
        record = order_record(priced.cart, priced.quote, priced.rules, context.now)
        await orders.keep_order_record(unit, cart_id, record)
        if left is not None:
            await _open_successor(unit, priced, left, context)
        return _answer(priced, left), priced.cart


@dataclass(frozen=True, slots=True)
class _Conversion:
    """A conversion around its call of inventory. It is judged by making it, and undoing that."""

    converter: CartConverter
    cart_id: UUID
    order: ConvertCartBody
    context: ChangeContext

    async def judge(self, unit: TenantUnit) -> HoldRequest | CartConvertedAnswer:
        """The answer, where no stock is held; else the request to commit it, and the cart is as it was.

        The cart is locked before the savepoint: what is locked after it is free again once it is undone, and a call
        beside this one would judge the cart too before the change of its hold is marked.
        """
        await carts.lock(unit, Selector.by_id(self.cart_id))
        try:
            async with unit.savepoint():
                answer, ordered = await self._convert(unit)
                if ordered is not None and ordered.takes_stock_first:
                    raise _Judged(HoldRequest.of("COMMIT", ordered, self.order.order_id))
                return answer
        except _Judged as judged:
            return judged.request

    async def save(self, unit: TenantUnit, state: HoldState) -> CartConvertedAnswer:
        """Make the order, whose stock has left the shelf."""
        return (await self._convert(unit))[0]

    async def _convert(self, unit: TenantUnit) -> tuple[CartConvertedAnswer, Cart | None]:
        return await self.converter.convert(unit, self.cart_id, self.order, self.context)


class _Judged(Exception):
    """Undoes a conversion that was made to judge it."""

    def __init__(self, request: HoldRequest) -> None:
        self.request = request


async def _open_successor(unit: TenantUnit, ordered: PricedCart, left: LeftOver, context: ChangeContext) -> None:
    """What was not ordered lives on in a cart that the same shopper opens with the same credentials.

    The customer's place for an open cart is free: the ordered one holds it until this transaction ends.
    """
    successor, rules = ordered.cart.successor(left, context), ordered.rules
    await carts.insert(unit, price(successor, rules, context.now), None)
    await sessions.move(unit, ordered.cart.id, successor.id)
    successor.take_over(left, context)
    await carts.save(unit, price(successor, rules, context.now))


def _answer(priced: PricedCart, left: LeftOver | None) -> CartConvertedAnswer:
    return CartConvertedAnswer(
        cart_id=priced.cart.id,
        order_id=priced.cart.order_id or "",
        currency=priced.cart.currency,
        totals=totals_of(priced.quote),
        remaining_cart_id=left.cart_id if left else None,
    )
