"""Each event as rows of `cart_products`."""

from collections.abc import Iterator
from datetime import datetime
from functools import singledispatch
from uuid import UUID

from contracts.base import Event
from contracts.cart import CartAbandoned, CartConverted, CartUpdated

from analytics.projections.domain.cart_facts import ProductFacts, is_counted

ProductRows = Iterator[tuple[UUID, ProductFacts]]


@singledispatch
def product_rows(data: Event, at: datetime) -> ProductRows:
    """One row for each product that the event concerns, none for most events; a product may come twice."""
    return iter(())


@product_rows.register
def _(data: CartUpdated, at: datetime) -> ProductRows:
    change = data.change
    one = [(change.product_id, change.quantity_delta)] if change.product_id is not None else []
    for product_id, delta in [(line.product_id, line.quantity_delta) for line in change.lines] or one:
        if is_counted(data) and delta > 0:
            yield product_id, ProductFacts(added_at=at, quantity_added=delta)


@product_rows.register
def _(data: CartAbandoned, at: datetime) -> ProductRows:
    if is_counted(data):
        yield from ((line.product_id, ProductFacts(abandoned_at=at)) for line in data.lines)


@product_rows.register
def _(data: CartConverted, at: datetime) -> ProductRows:
    if is_counted(data):
        for line in data.lines:
            yield (
                line.product_id,
                ProductFacts(converted_at=at, quantity_converted=line.quantity, revenue=line.line_total),
            )
