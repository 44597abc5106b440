"""The documented shape of a hold (api.md, "Shapes")."""

from datetime import datetime
from typing import Literal

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
