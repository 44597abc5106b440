"""The feature flags that inventory reads (api.md, "Flags")."""

from servicekit.process.flags import Flag


class InventoryFlag(Flag):
    """Each flag by its setting."""

    INVENTORY_HOLD = "inventory_hold_enabled"
