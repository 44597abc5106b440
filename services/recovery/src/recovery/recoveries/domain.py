"""The states of a recovery, why one stops, and which order is attributed to it (rules.md 27, 28, 31)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from contracts.cart import FullLine
from contracts.cart_calls import CartSnapshot
from contracts.money import MinorUnits

Status = Literal["OPEN", "FINISHED", "STOPPED"]
StopReason = Literal[
    "reactivated",
    "merged",
    "expired",
    "converted",
    "superseded",
    "emptied",
    "gone",
    "dismissed",
    "unsubscribed",
    "bounced",
    "complained",
    "staff",
    "erased",
]
Attribution = Literal["recovered", "influenced"]

INFLUENCE = timedelta(days=5)
"""How long after a person's click an order still counts as influenced (rules.md 31)."""

_ENDED: dict[str, StopReason] = {
    "ACTIVE": "reactivated",
    "CONVERTED": "converted",
    "MERGED": "merged",
    "EXPIRED": "expired",
}


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery as it is stored. `next_due_at` is None while nothing is due: nobody to write to, or all sent."""

    id: UUID
    company_id: UUID
    version: int
    site_id: UUID
    cart_id: UUID
    abandonment_id: UUID
    status: Status
    stop_reason: str | None
    recipient_hash: bytes | None
    currency: str
    item_count: int
    total: MinorUnits
    lines: tuple[FullLine, ...]
    abandoned_at: datetime
    last_activity_at: datetime
    next_step: int | None
    next_due_at: datetime | None
    traceparent: str | None
    restored_at: datetime | None
    attribution: str | None


def reason_to_stop(abandonment_id: UUID, cart: CartSnapshot | None) -> StopReason | None:
    """Why the cart, as its owner has just answered, needs no mail about this abandonment; None when it does.

    None for a cart means that its owner has no such cart any more.
    """
    if cart is None:
        return "gone"
    if cart.status != "ABANDONED":
        return _ENDED[cart.status]
    if cart.abandonment_id != abandonment_id:
        return "superseded"
    return None if cart.lines else "emptied"
