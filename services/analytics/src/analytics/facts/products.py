"""What each event says of the products in its cart."""

from collections.abc import Iterator
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from contracts.base import Event
from contracts.cart import CartAbandoned, CartConverted, CartEvent, CartUpdated

from analytics.facts.domain import ProductFacts

ProductSaid = Iterator[tuple[UUID, ProductFacts]]


def counts(data: CartEvent) -> bool:
    """Say whether what was done is a shopper's or the clockwork's, and not of staff or a bot (rules.md 33)."""
    return data.actor not in {"staff", "bot"}


@singledispatch
def of_products(data: Event, at: datetime) -> ProductSaid:
    """What an event that happened `at` a time says of each product, nothing mostly; a product may come twice."""
    return iter(())


@of_products.register
def _(data: CartUpdated, at: datetime) -> ProductSaid:
    change = data.change
    if counts(data) and change.product_id is not None and change.quantity_delta > 0:
        yield change.product_id, ProductFacts(added_at=at, units_added=change.quantity_delta)


@of_products.register
def _(data: CartAbandoned, at: datetime) -> ProductSaid:
    if counts(data):
        yield from ((line.product_id, ProductFacts(abandoned_at=at)) for line in data.lines)


@of_products.register
def _(data: CartConverted, at: datetime) -> ProductSaid:
    if counts(data):
        for line in data.lines:
            yield (
                line.product_id,
                ProductFacts(converted_at=at, units_converted=line.quantity, revenue=line.line_total),
            )
