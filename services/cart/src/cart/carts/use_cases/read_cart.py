"""Read a cart as it is now, or as it was ordered; reading is not activity (rules.md 13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart_calls import CartSnapshot
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.events import full_lines, totals_of
from cart.carts.domain.pricing import PricedCart, price
from cart.carts.domain.values import CustomerTerms
from cart.carts.explanation_view import explanation_of, ordered_view
from cart.carts.persistence import carts, orders
from cart.carts.persistence.carts import Loaded
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.answers import answer_view
from cart.carts.view import cart_view
from cart.rules.service import CompiledRulesCache


@dataclass(frozen=True, slots=True)
class CartReader:
    """Reads carts; one for the life of the process."""

    rules: CompiledRulesCache

    async def read(
        self,
        unit: TenantUnit,
        selector: Selector,
        now: datetime,
        *,
        explained: bool = False,
        terms: CustomerTerms | None = None,
    ) -> tuple[Answer, Cart]:
        """The cart priced now, or as it was ordered; `explained` adds how the price came about. Raises CartNotFound.

        `terms` that are new are kept on the cart, so that whoever reads or orders it next has the price that is shown.
        """
        loaded = await load(unit, selector)
        cart = loaded.cart
        if cart.status == "CONVERTED":
            record = await orders.order_record(unit, cart.id)
            return answer_view(ordered_view(cart, record, now, explained=explained), cart.version), cart
        await keep_new_terms(unit, cart, terms, now)
        priced = price(cart, await self.rules.of_cart(unit, cart.freeze_at(now), loaded.rules_version), now)
        view = cart_view(cart, priced.quote, now)
        if explained:
            view["explanation"] = explanation_of(cart, priced.rules, now)
        return answer_view(view, cart.version), cart

    async def read_many(self, unit: TenantUnit, cart_ids: list[UUID], now: datetime) -> list[PricedCart]:
        """These carts, priced now; one query, and those that are not there are left out."""
        found = await carts.load_all(unit, Selector.by_ids(cart_ids)) if cart_ids else []
        return [
            price(one.cart, await self.rules.of_cart(unit, one.cart.freeze_at(now), one.rules_version), now)
            for one in found
        ]

    async def snapshot(self, unit: TenantUnit, selector: Selector, now: datetime) -> CartSnapshot:
        """The cart as other services read it, priced now; raises CartNotFound."""
        loaded = await load(unit, selector)
        cart = loaded.cart
        freeze = cart.freeze_at(now) if cart.is_open else None
        quote = price(cart, await self.rules.of_cart(unit, freeze, loaded.rules_version), now).quote
        return CartSnapshot(
            cart_id=cart.id,
            site_id=cart.site.id,
            customer_id=cart.customer_id,
            status=cart.status,
            version=cart.version,
            currency=cart.currency,
            abandonment_id=cart.abandonment_id,
            last_activity_at=cart.last_activity_at,
            lines=full_lines(cart, quote),
            totals=totals_of(quote),
            frozen_until=freeze.until if freeze else None,
        )


async def keep_new_terms(unit: TenantUnit, cart: Cart, terms: CustomerTerms | None, now: datetime) -> None:
    """Have the cart priced for what its customer's token says now; a final or a frozen one stays as it is."""
    if terms is None or not cart.is_open or cart.freeze_at(now) is not None:
        return
    if cart.apply_terms(terms):
        await carts.keep_terms(unit, cart)


async def load(unit: TenantUnit, selector: Selector) -> Loaded:
    """The selected cart; raises CartNotFound."""
    loaded = await carts.load(unit, selector)
    if loaded is None:
        raise errors.CartNotFound()
    return loaded
