"""What inventory refuses, each with its one status, code and sentence (api.md, "Error codes")."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.cart_calls import CartRefusal
from contracts.inventory_calls import HoldRefusal
from servicekit.errors import Conflict409, NotFound404, ServiceError


class InventoryError(ServiceError):
    """Anything inventory refuses."""


class ProductNotFound(InventoryError):
    """The product or variant is unknown, or another company's (rules.md 34)."""

    status, code = 404, CartRefusal.PRODUCT_NOT_FOUND
    sentence = "We could not find this product."
    action = "Check the product's and the variant's id."


class BundleNotFound(InventoryError):
    """The bundle is unknown, or another company's (rules.md 34)."""

    status, code = 404, NotFound404.code
    sentence = "We could not find this bundle."
    action = "Check the bundle's id."


class SiteNotFound(InventoryError):
    """The company has no such site, or none that inventory has received yet."""

    status, code = 404, NotFound404.code
    sentence = "We could not find this shop."
    action = "Check siteId."


class WarehouseNotFound(InventoryError):
    """The company has no such warehouse, or the variant has no stock row in it."""

    status, code = 404, NotFound404.code
    sentence = "We could not find this warehouse."
    action = "Check warehouseId."


class KeyTaken(InventoryError):
    """A sku, handle, warehouse code or given id is already used; `field` says which."""

    status, code = 409, Conflict409.code
    sentence = "This name is already in use."
    action = "Choose another value for the named field, or change what has it."


class BelowHeld(InventoryError):
    """Stock cannot be set below what open holds have taken; `held` says how much that is."""

    status, code = 409, Conflict409.code
    sentence = "There cannot be less in stock than is held for open checkouts."
    action = "Set at least what is held, or wait until the holds end."


class HoldNotFound(InventoryError):
    """The cart never had a hold."""

    status, code = 404, NotFound404.code
    sentence = "Nothing is held for this cart."
    action = "Place a hold first."


class HoldOver(InventoryError):
    """The cart's hold has expired, was released or was committed."""

    status, code = 410, HoldRefusal.HOLD_EXPIRED
    sentence = "The time to check out has passed."
    action = "Place a new hold."


class FencePassed(InventoryError):
    """A newer call about this cart was answered before; nothing was changed."""

    status, code = 409, HoldRefusal.FENCE_PASSED
    sentence = "Your cart was changed in the meantime."
    action = "Reload the cart and try again."


class HoldLimitReached(InventoryError):
    """This owner has as many open holds as are allowed (rules.md 18)."""

    status, code = 409, HoldRefusal.HOLD_LIMIT
    sentence = "You have too many open checkouts."
    action = "Finish or cancel another checkout first."


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line that cannot be held: how many are wanted and how many this cart could have."""

    sku: str
    requested: int
    available: int


class HoldFailed(InventoryError):
    """Not every line can be held, so none is (rules.md 18); `lines` names each short one."""

    status, code = 409, HoldRefusal.INVENTORY_HOLD_FAILED
    sentence = "Some items are no longer available in this quantity."
    action = "Lower the quantities of the named lines to what is available."

    def __init__(self, lines: Sequence[ShortLine]) -> None:
        super().__init__(
            lines=[{"sku": line.sku, "requested": line.requested, "available": line.available} for line in lines]
        )
