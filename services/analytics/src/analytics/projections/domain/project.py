"""Each event as a row of `cart_facts`.

What staff and bots do is not counted (rules.md 33): of their events only the state that they left is taken, and a cart
that they made is excluded whole. The actor `system` stands for the shop's timers (abandonment, expiry) and counts.
"""

from collections.abc import Iterable
from functools import singledispatch
from uuid import UUID

from contracts.base import Event
from contracts.cart import (
    CartAbandoned,
    CartChange,
    CartConverted,
    CartCreated,
    CartEvent,
    CartExpired,
    CartMerged,
    CartReactivated,
    CartTotals,
    CartUpdated,
    CartViewed,
)
from contracts.inventory import HoldPlaced
from contracts.recovery import CartRecovered

from analytics.log.domain import LogEntry
from analytics.projections.domain.cart_facts import (
    CartFacts,
    Contents,
    ProductFacts,
    Sale,
    State,
    is_counted,
    merge,
    merge_products,
)
from analytics.projections.domain.project_products import product_rows

CartKey = tuple[UUID, UUID]
"""Company and cart."""
ProductKey = tuple[UUID, UUID, UUID]
"""Company, cart and product."""

PROJECTED: tuple[type[Event], ...] = (
    CartCreated,
    CartViewed,
    CartUpdated,
    CartAbandoned,
    CartReactivated,
    CartMerged,
    CartExpired,
    CartConverted,
    HoldPlaced,
    CartRecovered,
)
"""The events that are projected. Their order ranks events of one version of a cart."""

_RANKS: dict[type[Event], int] = {event: rank for rank, event in enumerate(PROJECTED)}
_STATUS: dict[type[CartEvent], str] = {
    CartCreated: "ACTIVE",
    CartReactivated: "ACTIVE",
    CartAbandoned: "ABANDONED",
    CartMerged: "MERGED",
    CartExpired: "EXPIRED",
    CartConverted: "CONVERTED",
}


def project(events: Iterable[LogEntry]) -> tuple[dict[CartKey, CartFacts], dict[ProductKey, ProductFacts]]:
    """Make the rows of distinct events: one for each cart, and one for each product in a cart."""
    carts: dict[CartKey, CartFacts] = {}
    products: dict[ProductKey, ProductFacts] = {}
    for event in events:
        if event.cart_id is None or type(event.data) not in _RANKS:
            continue
        cart = (event.company_id, event.cart_id)
        carts[cart] = merge(carts.get(cart, CartFacts()), _row(event.data, event))
        for product_id, facts in product_rows(event.data, event.occurred_at):
            product = (*cart, product_id)
            products[product] = merge_products(products.get(product, ProductFacts()), facts)
    return carts, products


def _state(data: CartEvent, version: int, status: str | None = None) -> State:
    return State(version, _RANKS[type(data)], status or _STATUS[type(data)], data.site_id, data.currency)


def _contents(data: CartEvent, version: int, totals: CartTotals) -> Contents:
    return Contents(version, _RANKS[type(data)], totals.item_count, totals.total)


@singledispatch
def _row(data: Event, event: LogEntry) -> CartFacts:
    raise AssertionError(f"{type(data).__name__} is in PROJECTED and has no projection")


@_row.register
def _(data: CartCreated, event: LogEntry) -> CartFacts:
    return CartFacts(state=_state(data, event.version), created_at=event.occurred_at, excluded=not is_counted(data))


@_row.register
def _(data: CartViewed, event: LogEntry) -> CartFacts:
    return CartFacts(viewed_at=event.occurred_at if is_counted(data) else None)


@_row.register
def _(data: CartUpdated, event: LogEntry) -> CartFacts:
    counted = is_counted(data)
    return CartFacts(
        state=_state(data, event.version, data.status),
        contents=_contents(data, event.version, data.totals),
        first_item_at=event.occurred_at if counted and data.lines else None,
        quantity_added=_quantity_added(data.change) if counted else 0,
        had_line=bool(data.lines),
    )


def _quantity_added(change: CartChange) -> int:
    """How many pieces were added; what one line lost takes nothing from what another gained."""
    deltas = [line.quantity_delta for line in change.lines] or [change.quantity_delta]
    return sum(max(delta, 0) for delta in deltas)


@_row.register
def _(data: CartAbandoned, event: LogEntry) -> CartFacts:
    counted = is_counted(data)
    at = event.occurred_at if counted else None
    return CartFacts(
        state=_state(data, event.version),
        contents=_contents(data, event.version, data.totals),
        first_abandoned_at=at,
        last_abandoned_at=at,
        abandonments=int(counted),
        had_line=bool(data.lines),
    )


@_row.register
def _(data: CartReactivated, event: LogEntry) -> CartFacts:
    return CartFacts(state=_state(data, event.version), reactivations=int(is_counted(data)))


@_row.register
def _(data: CartMerged, event: LogEntry) -> CartFacts:
    return CartFacts(state=_state(data, event.version), merged_at=event.occurred_at if is_counted(data) else None)


@_row.register
def _(data: CartExpired, event: LogEntry) -> CartFacts:
    return CartFacts(state=_state(data, event.version), expired_at=event.occurred_at if is_counted(data) else None)


@_row.register
def _(data: CartConverted, event: LogEntry) -> CartFacts:
    counted, totals = is_counted(data), data.totals
    return CartFacts(
        state=_state(data, event.version),
        contents=_contents(data, event.version, totals),
        sale=Sale(event.version, totals.total, totals.item_count, totals.discount_total) if counted else None,
        converted_at=event.occurred_at if counted else None,
        had_line=bool(data.lines),
    )


@_row.register
def _(data: HoldPlaced, event: LogEntry) -> CartFacts:
    return CartFacts(checkout_started_at=event.occurred_at)


@_row.register
def _(data: CartRecovered, event: LogEntry) -> CartFacts:
    if data.attribution == "recovered":
        return CartFacts(recovered_at=event.occurred_at, recovered_revenue=data.revenue)
    return CartFacts(influenced_at=event.occurred_at, influenced_revenue=data.revenue)
