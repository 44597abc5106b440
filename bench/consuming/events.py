"""A backlog as a platform would have it: carts of many shops, their events interleaved in the order of time."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.cart import (
    CartAbandoned,
    CartChange,
    CartConverted,
    CartCreated,
    CartReactivated,
    CartTotals,
    CartUpdated,
    CartViewed,
    CompactLine,
    FullLine,
)
from contracts.envelope import Envelope, RecordedEvent
from servicekit.ids import new_id
from servicekit.testing import envelope_of

EVENTS_PER_CART = 8
PRICE = 1250
_SPAN = timedelta(minutes=30)
_PRODUCTS = 50


def backlog_of(count: int, companies: int) -> list[Envelope[Any]]:
    """About so many new events of carts of so many new companies, the same mixture each time."""
    chance = random.Random(7)  # the same in every run
    began, shops = datetime.now(UTC) - 2 * _SPAN, [_Shop(chance) for _ in range(companies)]
    events = [
        event
        for index in range(count // EVENTS_PER_CART)
        for event in shops[index % companies].life_of_cart(began + _SPAN * chance.random(), ordered=index % 3 == 0)
    ]
    return sorted(events, key=lambda event: event.time)


class _Shop:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._company_id, self._site_id = new_id(), new_id()
        self._products = [new_id() for _ in range(_PRODUCTS)]

    def life_of_cart(self, began: datetime, *, ordered: bool) -> Iterator[Envelope[Any]]:
        """A cart that grows to three lines, is left and found again, and is ordered or left for good."""
        cart_id, products = new_id(), self._chance.sample(self._products, 3)
        common = {"site_id": self._site_id, "currency": "USD", "actor": "shopper"}
        abandonment_id = new_id()
        full = {**common, "lines": _full_lines(products), "totals": _totals(len(products))}
        abandoned = CartAbandoned(
            **full, abandonment_id=abandonment_id, last_activity_at=began, customer_id="customer-7"
        )
        events = [
            CartCreated(**common, owner="guest"),
            CartViewed(**common),
            *(_updated(common, products[:lines]) for lines in (1, 2, 3)),
            abandoned,
            CartReactivated(**common, abandonment_id=abandonment_id),
            CartConverted(**full, order_id=f"order-{cart_id}", customer_id="customer-7", discounts=())
            if ordered
            else abandoned.model_copy(update={"abandonment_id": new_id()}),
        ]
        for version, event in enumerate(events, start=1):
            at = began + timedelta(seconds=60 * version + 30 * self._chance.random())
            yield envelope_of(RecordedEvent(event, self._company_id, cart_id, version, at))


def _updated(common: dict[str, Any], products: list[UUID]) -> CartUpdated:
    change = CartChange(kind="ITEM_ADDED", product_id=products[-1], variant_id=products[-1], quantity_delta=1)
    lines = tuple(CompactLine.model_validate(line.model_dump()) for line in _full_lines(products))
    return CartUpdated(**common, change=change, status="ACTIVE", lines=lines, totals=_totals(len(products)))


def _full_lines(products: list[UUID]) -> tuple[FullLine, ...]:
    return tuple(
        FullLine(
            line_id=product,
            product_id=product,
            variant_id=product,
            quantity=1,
            unit_price=PRICE,
            line_discount=0,
            line_total=PRICE,
            sku="SKU",
            title="A mug",
        )
        for product in products
    )


def _totals(count: int) -> CartTotals:
    total = PRICE * count
    return CartTotals(item_count=count, subtotal=total, discount_total=0, shipping_total=0, tax_total=0, total=total)
