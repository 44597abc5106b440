"""The pure rules of stock: what is left, what may be set, and where an order's stock is taken from (rules.md 17-19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import StockChanged

from inventory.errors import BelowHeld


@dataclass(frozen=True, slots=True)
class Sellable:
    """A variant as stock and holds see it. `active` is true only when its product is active too."""

    variant_id: UUID
    product_id: UUID
    sku: str
    active: bool
    tracked: bool
    backorderable: bool


@dataclass(frozen=True, slots=True)
class Level:
    """One variant's stock in one warehouse; read under its lock whenever it is about to change."""

    variant_id: UUID
    warehouse_id: UUID
    on_hand: int
    held: int
    safety: int

    @property
    def available(self) -> int:
        """What can still be sold: on hand - held - safety; below zero when backorders or safety exceed the stock."""
        return self.on_hand - self.held - self.safety

    @property
    def free(self) -> int:
        """What nobody holds, the safety stock included: an order that is already placed may have it."""
        return max(self.on_hand - self.held, 0)


@dataclass(frozen=True, slots=True)
class StockRow:
    """A variant's stock in one warehouse as the staff sees it; `available` is on hand - held - safety (rules.md 17)."""

    variant_id: UUID
    product_id: UUID
    sku: str
    warehouse_id: UUID
    on_hand: int
    held: int
    safety: int
    version: int
    available: int
    tracked: bool
    backorderable: bool


@dataclass(frozen=True, slots=True)
class StockState:
    """What StockChanged has of a variant: `available` and `version` are summed over its warehouses."""

    variant: Sellable
    available: int
    version: int


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one stock row. All zero is a touch: the row's version rises and its state is published again."""

    variant_id: UUID
    warehouse_id: UUID
    on_hand: int = 0
    held: int = 0
    safety: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome of taking stock for an order: the moves, and how many were not there."""

    moves: tuple[Move, ...]
    missing: int


def adjusted(level: Level, *, delta: int | None, on_hand: int | None, backorderable: bool) -> int:
    """The new on-hand number for a correction by `delta` or to `on_hand`; raises BelowHeld.

    A backorderable variant may owe stock already, so it is only kept from being set below what it has been before.
    """
    new = level.on_hand + (delta or 0) if on_hand is None else on_hand
    if new < level.held and not (backorderable and new >= level.on_hand):
        raise BelowHeld(held=level.held, onHand=level.on_hand)
    return new


def take(levels: Sequence[Level], quantity: int, *, backorderable: bool) -> Taken:
    """Take an ordered quantity straight from stock, warehouse by warehouse in the order given.

    Never touches what open holds have. What is not there is missing, unless the variant is backorderable: then the
    first warehouse owes it (rules.md 19).
    """
    left, amounts = quantity, []
    for level in levels:
        amounts.append(min(level.free, left))
        left -= amounts[-1]
    if backorderable and levels:
        amounts[0] += left
        left = 0
    moves = tuple(
        Move(level.variant_id, level.warehouse_id, on_hand=-amount)
        for level, amount in zip(levels, amounts, strict=True)
        if amount
    )
    return Taken(moves, left)


def stock_draft(company_id: UUID, variant: Sellable, now: datetime) -> RecordedEvent[StockChanged]:
    """StockChanged as far as it is known before the rows are locked.

    The statement that changes the rows fills in the version and `available`, which only it can know.
    """
    return stock_changed(company_id, StockState(variant, available=0, version=0), now)


def stock_changed(company_id: UUID, state: StockState, now: datetime) -> RecordedEvent[StockChanged]:
    """StockChanged for a variant as it is now."""
    variant = state.variant
    data = StockChanged(
        product_id=variant.product_id,
        sku=variant.sku,
        available=state.available,
        tracked=variant.tracked,
        backorderable=variant.backorderable,
    )
    return RecordedEvent(data, company_id, variant.variant_id, state.version, now)
