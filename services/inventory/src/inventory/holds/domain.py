"""The pure rules of a hold: how long it lasts, its events, and what an order takes from it (rules.md 18, 20)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.cart import CompactLine
from contracts.envelope import RecordedEvent
from contracts.inventory import HeldLine, HoldCommitted, HoldExpired, HoldPlaced, HoldReleased, HoldStatus
from contracts.inventory_calls import HoldLine, HoldState, HoldStateLine

from inventory.stock.domain import Move


@dataclass(frozen=True, slots=True)
class HeldStock:
    """What a hold has of a variant in one warehouse; `warehouse_id` None: the variant is not counted (rules.md 19)."""

    variant_id: UUID
    warehouse_id: UUID | None
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A cart's hold as it is in the database."""

    id: UUID
    company_id: UUID
    cart_id: UUID
    site_id: UUID
    owner: str
    state: HoldStatus
    version: int
    expires_at: datetime
    created_at: datetime
    order_id: str | None
    stock: tuple[HeldStock, ...]

    def is_open(self, now: datetime) -> bool:
        """Whether it counts: a hold past its time does not, even before the sweeper finds it (rules.md 17)."""
        return self.state == "ACTIVE" and self.expires_at > now

    def quantities(self) -> dict[UUID, int]:
        """How many of each variant it holds, all warehouses together."""
        return summed(self.stock)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What committing a hold to an order does: the moves, and what the order needs beyond the hold."""

    moves: tuple[Move, ...]
    beyond: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """The settings that rule holds: how long one lasts, at most in all, and how many an owner may have open."""

    duration: timedelta
    maximum: timedelta
    per_owner: int


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What is to be held: quantities by variant, for a cart and its owner."""

    cart_id: UUID
    site_id: UUID
    owner: str
    quantities: Mapping[UUID, int]
    fence: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The hold that a placement led to, and whether it is a new one."""

    state: HoldState
    is_new: bool


def summed(lines: Iterable[HoldLine | HeldStock | CompactLine]) -> dict[UUID, int]:
    """Quantities by variant; the same variant on several lines adds up (rules.md 18). Sorted by variant."""
    totals: dict[UUID, int] = {}
    for line in lines:
        totals[line.variant_id] = totals.get(line.variant_id, 0) + line.quantity
    return dict(sorted(totals.items()))


def ends_at(now: datetime, began: datetime, duration: timedelta, maximum: timedelta) -> datetime:
    """When a hold placed or extended now ends: after `duration`, and never later than `maximum` after it began."""
    return min(now + duration, began + maximum)


def state_of(hold: Hold | None, now: datetime) -> HoldState:
    """The hold as other services see it; one past its time is EXPIRED whether or not it was swept."""
    if hold is None:
        return HoldState(status="NONE")
    status = "EXPIRED" if hold.state == "ACTIVE" and not hold.is_open(now) else hold.state
    left = max((hold.expires_at - now).total_seconds(), 0) if status == "ACTIVE" else 0
    lines = tuple(
        HoldStateLine(variant_id=line.variant_id, sku=line.sku, quantity=line.quantity) for line in _lines(hold.stock)
    )
    return HoldState(hold_id=hold.id, status=status, expires_at=hold.expires_at, seconds_left=int(left), lines=lines)


def giving_back(stock: Iterable[HeldStock]) -> list[Move]:
    """The moves that end a hold without an order: what it has is free again."""
    return [Move(line.variant_id, line.warehouse_id, held=-line.quantity) for line in stock if line.warehouse_id]


def putting_back(stock: Iterable[HeldStock]) -> list[Move]:
    """The moves that undo a commit: what left the shelf is on hand again, and free."""
    return [Move(line.variant_id, line.warehouse_id, on_hand=line.quantity) for line in stock if line.warehouse_id]


def commit_to_order(hold: Hold, ordered: Mapping[UUID, int]) -> Commitment:
    """Commit a hold to an order: what is held and ordered leaves the shelf, what is held and not ordered is free.

    `beyond` is what was ordered above what is held.
    """
    left = dict(ordered)
    moves = []
    for line in hold.stock:
        leaves = min(line.quantity, left.get(line.variant_id, 0))
        left[line.variant_id] = left.get(line.variant_id, 0) - leaves
        if line.warehouse_id:
            moves.append(Move(line.variant_id, line.warehouse_id, on_hand=-leaves, held=-line.quantity))
    return Commitment(tuple(moves), {variant_id: more for variant_id, more in left.items() if more})


def placed(hold: Hold, now: datetime) -> RecordedEvent[HoldPlaced]:
    """HoldPlaced for a hold that is new, replaced or extended."""
    data = HoldPlaced(cart_id=hold.cart_id, lines=_lines(hold.stock), site_id=hold.site_id, expires_at=hold.expires_at)
    return RecordedEvent(data, hold.company_id, hold.id, hold.version, now)


def released(hold: Hold, reason: str, now: datetime) -> RecordedEvent[HoldReleased]:
    """HoldReleased for a hold that was given back."""
    data = HoldReleased(cart_id=hold.cart_id, lines=_lines(hold.stock), reason=reason)
    return RecordedEvent(data, hold.company_id, hold.id, hold.version, now)


def expired(hold: Hold, now: datetime) -> RecordedEvent[HoldExpired]:
    """HoldExpired for a hold whose time passed."""
    return RecordedEvent(
        HoldExpired(cart_id=hold.cart_id, lines=_lines(hold.stock)),
        hold.company_id,
        hold.id,
        hold.version,
        now,
    )


def committed(hold: Hold, order_id: str, now: datetime) -> RecordedEvent[HoldCommitted]:
    """HoldCommitted for a hold that became an order's stock."""
    data = HoldCommitted(cart_id=hold.cart_id, lines=_lines(hold.stock), order_id=order_id)
    return RecordedEvent(data, hold.company_id, hold.id, hold.version, now)


def _lines(stock: Sequence[HeldStock]) -> tuple[HeldLine, ...]:
    """Lines as other services receive them: one a variant, warehouses added up."""
    skus = {line.variant_id: line.sku for line in stock}
    return tuple(
        HeldLine(variant_id=variant_id, sku=skus[variant_id], quantity=quantity)
        for variant_id, quantity in summed(stock).items()
    )
