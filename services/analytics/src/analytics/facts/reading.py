"""What each event says of its cart.

Facts of staff and bots are not counted (rules.md 33): of their events only the state that they left is taken, and a
cart that they made is excluded whole. The system acts for the shop's clockwork (abandonment, expiry) and counts.
"""

from collections.abc import Iterable
from functools import singledispatch
from uuid import UUID

from contracts.base import Event
from contracts.cart import (
    CartAbandoned,
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

from analytics.facts.domain import CartFacts, ProductFacts, Sale, Snapshot, State, merge, merge_products
from analytics.facts.products import counts, of_products
from analytics.log.domain import Recorded

CartKey = tuple[UUID, UUID]
"""Company and cart."""
ProductKey = tuple[UUID, UUID, UUID]
"""Company, cart and product."""

SPEAKING: tuple[type[Event], ...] = (
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
"""The events that say something of a cart here."""

_RANKS: dict[type[Event], int] = {event: rank for rank, event in enumerate(SPEAKING)}
_STATUS: dict[type[CartEvent], str] = {
    CartCreated: "ACTIVE",
    CartReactivated: "ACTIVE",
    CartAbandoned: "ABANDONED",
    CartMerged: "MERGED",
    CartExpired: "EXPIRED",
    CartConverted: "CONVERTED",
}


def fold(events: Iterable[Recorded]) -> tuple[dict[CartKey, CartFacts], dict[ProductKey, ProductFacts]]:
    """What distinct events say of the carts and of the products in them, each cart and product once."""
    carts: dict[CartKey, CartFacts] = {}
    products: dict[ProductKey, ProductFacts] = {}
    for event in events:
        if event.cart_id is None or type(event.data) not in _RANKS:
            continue
        cart = (event.company_id, event.cart_id)
        carts[cart] = merge(carts.get(cart, CartFacts()), _of_cart(event.data, event))
        for product_id, facts in of_products(event.data, event.occurred_at):
            product = (*cart, product_id)
            products[product] = merge_products(products.get(product, ProductFacts()), facts)
    return carts, products


def _state(data: CartEvent, version: int, status: str | None = None) -> State:
    return State(version, _RANKS[type(data)], status or _STATUS[type(data)], data.site_id, data.currency)


def _snapshot(data: CartEvent, version: int, totals: CartTotals) -> Snapshot:
    return Snapshot(version, _RANKS[type(data)], totals.item_count, totals.total)


@singledispatch
def _of_cart(data: Event, event: Recorded) -> CartFacts:
    raise AssertionError(f"{type(data).__name__} is in SPEAKING and says nothing of a cart")


@_of_cart.register
def _(data: CartCreated, event: Recorded) -> CartFacts:
    return CartFacts(state=_state(data, event.version), created_at=event.occurred_at, excluded=not counts(data))


@_of_cart.register
def _(data: CartViewed, event: Recorded) -> CartFacts:
    return CartFacts(viewed_at=event.occurred_at if counts(data) else None)


@_of_cart.register
def _(data: CartUpdated, event: Recorded) -> CartFacts:
    counted = counts(data)
    return CartFacts(
        state=_state(data, event.version, data.status),
        snapshot=_snapshot(data, event.version, data.totals),
        first_item_at=event.occurred_at if counted and data.lines else None,
        units_added=max(data.change.quantity_delta, 0) if counted else 0,
        had_line=bool(data.lines),
    )


@_of_cart.register
def _(data: CartAbandoned, event: Recorded) -> CartFacts:
    counted = counts(data)
    at = event.occurred_at if counted else None
    return CartFacts(
        state=_state(data, event.version),
        snapshot=_snapshot(data, event.version, data.totals),
        first_abandoned_at=at,
        last_abandoned_at=at,
        abandonments=int(counted),
        had_line=bool(data.lines),
    )


@_of_cart.register
def _(data: CartReactivated, event: Recorded) -> CartFacts:
    return CartFacts(state=_state(data, event.version), reactivations=int(counts(data)))


@_of_cart.register
def _(data: CartMerged, event: Recorded) -> CartFacts:
    return CartFacts(state=_state(data, event.version), merged_at=event.occurred_at if counts(data) else None)


@_of_cart.register
def _(data: CartExpired, event: Recorded) -> CartFacts:
    return CartFacts(state=_state(data, event.version), expired_at=event.occurred_at if counts(data) else None)


@_of_cart.register
def _(data: CartConverted, event: Recorded) -> CartFacts:
    counted, totals = counts(data), data.totals
    return CartFacts(
        state=_state(data, event.version),
        snapshot=_snapshot(data, event.version, totals),
        sale=Sale(event.version, totals.total, totals.item_count, totals.discount_total) if counted else None,
        converted_at=event.occurred_at if counted else None,
        had_line=bool(data.lines),
    )


@_of_cart.register
def _(data: HoldPlaced, event: Recorded) -> CartFacts:
    return CartFacts(checkout_started_at=event.occurred_at)


@_of_cart.register
def _(data: CartRecovered, event: Recorded) -> CartFacts:
    if data.attribution == "recovered":
        return CartFacts(recovered_at=event.occurred_at, recovered_revenue=data.revenue)
    return CartFacts(influenced_at=event.occurred_at, influenced_revenue=data.revenue)
