"""What can be set for inventory, beside what can be set for every service."""

from datetime import timedelta

from pydantic import Field
from servicekit.settings import ServiceSettings


class InventorySettings(ServiceSettings):
    """Settings of the inventory service; environment names are the field names in capitals."""

    inventory_hold_duration_minutes: int = Field(default=15, ge=1, le=1_440)
    """How long a hold lasts (rules.md 18)."""
    inventory_hold_duration_seconds: int | None = Field(default=None, ge=1, le=86_400)
    """How long a hold lasts in seconds, for shops that need it finer; when given, the minutes are not read."""
    inventory_hold_maximum_minutes: int = Field(default=60, ge=1, le=10_080)
    """How long a hold can last in all, however often checkout extends it."""
    inventory_open_holds_per_owner: int = Field(default=5, ge=1, le=1_000)
    """How many carts' stock one customer or session may hold at once (rules.md 18)."""
    inventory_hold_enabled: bool = True
    """Stock is held at checkout."""

    @property
    def hold_duration(self) -> timedelta:
        """How long a hold lasts from now."""
        return timedelta(seconds=self.inventory_hold_duration_seconds or self.inventory_hold_duration_minutes * 60)

    @property
    def hold_maximum(self) -> timedelta:
        """How long a hold can last from when it was first placed."""
        return timedelta(minutes=self.inventory_hold_maximum_minutes)
