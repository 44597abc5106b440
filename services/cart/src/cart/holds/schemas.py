"""The documented shape of a hold (api.md, "Shapes")."""

from datetime import datetime
from typing import Literal

from contracts.inventory_calls import HoldState
from servicekit.http.bodies import View


class HoldLineView(View):
    """What is held of one SKU."""

    sku: str
    quantity: int


class HoldView(View):
    """A cart's hold by inventory's clock; `status` is NONE where there is none."""

    status: Literal["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED", "NONE"]
    expires_at: datetime | None
    seconds_left: int
    lines: list[HoldLineView]

    @classmethod
    def of(cls, state: HoldState) -> "HoldView":
        """The hold as inventory answered it."""
        lines = [HoldLineView(sku=line.sku, quantity=line.quantity) for line in state.lines]
        return cls(status=state.status, expires_at=state.expires_at, seconds_left=state.seconds_left, lines=lines)
