"""What the platform has of one company after a run, as its databases and the mail provider have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

Lines = Mapping[str, int]
"""Quantities by variant."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a cart's timeline."""

    cart_id: UUID
    version: int
    kind: str


@dataclass(frozen=True, slots=True)
class StoredCart:
    """A cart in the cart service; amounts in minor units. `line_total` is the sum over its lines before discounts."""

    id: UUID
    status: str
    order_id: str | None
    item_count: int
    subtotal: int
    discount_total: int
    shipping_total: int
    tax_total: int
    total: int
    line_total: int
    lines: Lines
    is_changing: bool
    """A change of its hold is under way."""


@dataclass(frozen=True, slots=True)
class StoredHold:
    """A hold in inventory."""

    id: UUID
    cart_id: UUID
    state: str
    order_id: str | None
    lines: Lines


@dataclass(frozen=True, slots=True)
class Stock:
    """One variant in inventory, over all warehouses."""

    on_hand: int
    held: int


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """A row of a service's outbox; `is_logged` when analytics is meant to keep it."""

    service: str
    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    is_logged: bool


@dataclass(frozen=True, slots=True)
class CountedCart:
    """A cart in analytics; amounts in minor units."""

    cart_id: UUID
    status: str | None
    item_count: int | None
    value: int | None
    revenue: int | None
    quantity_added: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A mail in recovery: the right to send it, and what became of it."""

    id: UUID
    cart_id: UUID
    abandonment_id: UUID
    step: int
    status: str


@dataclass(frozen=True, slots=True)
class Records:
    """All of it.

    `logged` are ids in analytics' log, as often as they are there; `figures` its sums by measure. `contacts` are carts
    of which recovery has an address. `mails` are ids of messages, as often as the provider was given their mail.
    `waiting` is what is still under way, by where: queues, dead letters, outboxes.
    """

    changes: list[Change]
    carts: list[StoredCart]
    holds: list[StoredHold]
    stock: Mapping[UUID, Stock]
    events: list[PublishedEvent]
    logged: list[UUID]
    counted: list[CountedCart]
    figures: Mapping[str, int]
    contacts: frozenset[UUID]
    messages: list[StoredMessage]
    mails: list[UUID]
    waiting: Mapping[str, int]
