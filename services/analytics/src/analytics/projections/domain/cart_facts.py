"""A row of the fact table `cart_facts`, and how the rows of two sets of one cart's events become one.

`merge` is commutative and associative, and `CartFacts()` is its zero. As every event is projected once (the log refuses
the second copy), a cart's row depends on the set of its events alone, never on their order (rules.md 32): times are the
earliest or latest, sums are sums, and what changes over a cart's life belongs to the highest version.

Amounts are in minor units of the cart's currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from contracts.cart import CartEvent
from contracts.money import MinorUnits

T = TypeVar("T", datetime, "State", "Contents", "Sale")


class State(NamedTuple):
    """Where a cart stands. Events of one version are ordered by `rank`, so that the newest of two is always one."""

    version: int
    rank: int
    status: str
    site_id: UUID
    currency: str


class Contents(NamedTuple):
    """How full a cart is: the quantity of all its lines, and their total in minor units."""

    version: int
    rank: int
    item_count: int
    value: MinorUnits


class Sale(NamedTuple):
    """What was ordered: the total that the shopper pays, shipping and tax included, and the discounts in it."""

    version: int
    revenue: MinorUnits
    quantity: int
    discounts: MinorUnits


@dataclass(frozen=True, slots=True, kw_only=True)
class CartFacts:
    """The row of a set of one cart's events; None where no event of the set has the value.

    `first_item_at` is the first change by a shopper that left a line in it. `checkout_started_at` is the first hold: it
    is taken at checkout entry (rules.md 18). `excluded`: made by staff or a bot, so nothing of it counts (rules.md 33).
    """

    state: State | None = None
    contents: Contents | None = None
    sale: Sale | None = None
    created_at: datetime | None = None
    first_item_at: datetime | None = None
    viewed_at: datetime | None = None
    checkout_started_at: datetime | None = None
    first_abandoned_at: datetime | None = None
    last_abandoned_at: datetime | None = None
    converted_at: datetime | None = None
    merged_at: datetime | None = None
    expired_at: datetime | None = None
    recovered_at: datetime | None = None
    influenced_at: datetime | None = None
    abandonments: int = 0
    reactivations: int = 0
    quantity_added: int = 0
    recovered_revenue: MinorUnits = 0
    influenced_revenue: MinorUnits = 0
    had_line: bool = False
    excluded: bool = False


def is_counted(data: CartEvent) -> bool:
    """Whether a shopper or one of the shop's timers did it, and not staff or a bot (rules.md 33)."""
    return data.actor not in {"staff", "bot"}


def merge(one: CartFacts, other: CartFacts) -> CartFacts:
    """The row of two disjoint sets of a cart's events together."""
    return CartFacts(
        state=_latest(one.state, other.state),
        contents=_latest(one.contents, other.contents),
        sale=_latest(one.sale, other.sale),
        created_at=_earliest(one.created_at, other.created_at),
        first_item_at=_earliest(one.first_item_at, other.first_item_at),
        viewed_at=_earliest(one.viewed_at, other.viewed_at),
        checkout_started_at=_earliest(one.checkout_started_at, other.checkout_started_at),
        first_abandoned_at=_earliest(one.first_abandoned_at, other.first_abandoned_at),
        last_abandoned_at=_latest(one.last_abandoned_at, other.last_abandoned_at),
        converted_at=_earliest(one.converted_at, other.converted_at),
        merged_at=_earliest(one.merged_at, other.merged_at),
        expired_at=_earliest(one.expired_at, other.expired_at),
        recovered_at=_earliest(one.recovered_at, other.recovered_at),
        influenced_at=_earliest(one.influenced_at, other.influenced_at),
        abandonments=one.abandonments + other.abandonments,
        reactivations=one.reactivations + other.reactivations,
        quantity_added=one.quantity_added + other.quantity_added,
        recovered_revenue=one.recovered_revenue + other.recovered_revenue,
        influenced_revenue=one.influenced_revenue + other.influenced_revenue,
        had_line=one.had_line or other.had_line,
        excluded=one.excluded or other.excluded,
    )


def _pick(choose: Callable[[T, T], T], one: T | None, other: T | None) -> T | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return _pick(min, one, other)


def _latest(one: T | None, other: T | None) -> T | None:
    return _pick(max, one, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFacts:
    """A row of `cart_products`: what happened to one product in one cart. Times are the earliest, sums are sums."""

    added_at: datetime | None = None
    abandoned_at: datetime | None = None
    converted_at: datetime | None = None
    quantity_added: int = 0
    quantity_converted: int = 0
    revenue: MinorUnits = 0


def merge_products(one: ProductFacts, other: ProductFacts) -> ProductFacts:
    """What two disjoint sets of a cart's events say of one product together."""
    return ProductFacts(
        added_at=_earliest(one.added_at, other.added_at),
        abandoned_at=_earliest(one.abandoned_at, other.abandoned_at),
        converted_at=_earliest(one.converted_at, other.converted_at),
        quantity_added=one.quantity_added + other.quantity_added,
        quantity_converted=one.quantity_converted + other.quantity_converted,
        revenue=one.revenue + other.revenue,
    )
