"""The use case of ordering: a cart becomes an order, exactly once (rules.md 16)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.base import Actor
from contracts.cart_calls import CartConvertedAnswer, ConvertCart
from quote import Quote
from servicekit.db import TenantUnit
from servicekit.ids import new_id

from cart import errors
from cart.carts import facts, lifecycle, order_repository, repository
from cart.carts.changing import Changer
from cart.carts.domain import Change
from cart.carts.explanation import order_record
from cart.carts.lifecycle import Left
from cart.carts.model import Cart
from cart.carts.opening import empty_cart
from cart.carts.pricing import price
from cart.carts.repository import Loaded, Selector


@dataclass(frozen=True, slots=True)
class Ordering:
    """Converts carts; holds what outlives a request."""

    changer: Changer

    async def convert_cart(
        self, unit: TenantUnit, cart_id: UUID, order: ConvertCart, actor: Actor, now: datetime
    ) -> CartConvertedAnswer:
        """Order the cart; the same order id again answers the same.

        Raises CartNotFound, CartEmpty, ItemNotFound for lines the cart does not have, TotalMismatch,
        CartConvertedAlready for a cart ordered under another id, and what other final carts raise.
        """
        await repository.lock(unit, cart_id)
        loaded = await repository.load(unit, Selector.by_id(cart_id))
        if loaded is None:
            raise errors.CartNotFound()
        cart = loaded.cart
        if cart.status == "CONVERTED" and cart.order_id == order.order_id:
            return await order_repository.conversion(unit, cart.id)
        if await order_repository.order(unit, order.order_id) is not None:
            raise errors.CartConvertedAlready(f"The order {order.order_id} was made of another cart.")
        left = lifecycle.convert(cart, order.order_id, order.lines, now)
        rules = await self.changer.rules.of(unit, cart.company_id, loaded.rules_version)
        quote = price(cart, rules, now)
        if order.expected_total is not None and quote.totals.total != order.expected_total:
            raise errors.TotalMismatch(f"The total is {quote.totals.total}, not {order.expected_total}.")
        answer = await self._write(unit, cart, quote, left, actor)
        await order_repository.keep_order_record(unit, cart.id, order_record(cart, quote, rules, now))
        return answer

    async def _write(self, unit: TenantUnit, cart: Cart, quote: Quote, left: Left, actor: Actor) -> CartConvertedAnswer:
        successor = _successor(cart, left) if left.lines else None
        facts.converted(cart, quote, successor.id if successor else None, actor, cart.updated_at)
        cart.activity[-1] = replace(
            cart.activity[-1],
            data={"orderId": cart.order_id, "remainingCartId": str(successor.id) if successor else None},
        )
        if not await repository.save(unit, cart, quote):
            raise errors.VersionMismatch()
        if successor is not None:
            await self._open_successor(unit, cart, successor, actor)
        return CartConvertedAnswer(
            cart_id=cart.id,
            order_id=cart.order_id or "",
            currency=cart.currency,
            totals=facts.totals_of(quote),
            remaining_cart_id=successor.id if successor else None,
        )

    async def _open_successor(self, unit: TenantUnit, cart: Cart, successor: Cart, actor: Actor) -> None:
        """What was not ordered lives on in a cart that the same shopper opens with the same credentials."""
        lines, successor.lines = successor.lines, []
        facts.created(successor, actor, cart.updated_at)
        await repository.insert(unit, successor, None)
        await repository.move_sessions(unit, cart.id, successor.id)
        successor.facts, successor.lines, successor.version = [], lines, 2
        successor.touched = {line.id for line in lines}
        found = await repository.site(unit, successor.site.id)
        kept = Loaded(successor, [], found.rules_version if found else None, None)
        quote = await self.changer.rules.price(unit, kept, cart.updated_at)
        facts.updated(successor, Change("MERGED_IN"), quote, actor, cart.updated_at)
        await repository.save(unit, successor, quote)


def _successor(cart: Cart, left: Left) -> Cart:
    successor = empty_cart(cart.company_id, cart.site, cart.customer_id, cart.currency, cart.updated_at)
    successor.lines = [replace(line, id=new_id(), quantity=quantity) for line, quantity in left.lines]
    successor.codes, successor.has_contact = list(cart.codes), cart.has_contact
    return successor
