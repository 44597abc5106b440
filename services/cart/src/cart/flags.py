"""The feature flags that cart reads (api.md, "Flags")."""

from servicekit.process.flags import Flag


class CartFlag(Flag):
    """Each flag by its setting."""

    INVENTORY_HOLD = "inventory_hold_enabled"
    CART_SYNC = "cart_sync_enabled"
