"""The errors that groups of routes share, for their documents."""

from servicekit.errors import Responses, ServiceUnavailable503, problems

from cart import errors

_CHANGE = (
    errors.CartNotFound,
    errors.CartConvertedAlready,
    errors.CartMergedAlready,
    errors.CartExpiredAlready,
    errors.CartFrozen,
    errors.VersionMismatch,
    errors.InventoryHoldFailed,
    errors.HoldLimit,
    ServiceUnavailable503,
)
_GROW = (errors.ProductUnavailable, errors.ItemOutOfStock, errors.InsufficientStock, errors.QuantityLimit)

CHANGES: Responses = problems(*_CHANGE)
"""Every route that changes a cart."""

ADDS: Responses = problems(*_CHANGE, *_GROW, errors.ProductNotFound, errors.SizeRequired)
"""Routes that add a product."""

LINES: Responses = problems(*_CHANGE, *_GROW, errors.ItemNotFound)
"""Routes of one line."""

BULK: Responses = problems(*_CHANGE, *_GROW, errors.ProductNotFound, errors.SizeRequired, errors.ItemNotFound)
"""Routes that change several lines."""

SHIPPING: Responses = problems(*_CHANGE, errors.ShippingOptionUnavailable)
"""Routes of the way to ship."""

CODES: Responses = problems(
    *_CHANGE,
    errors.DiscountInvalid,
    errors.DiscountExpired,
    errors.DiscountLimitReached,
    errors.DiscountNotCombinable,
)
"""Routes of discount codes."""
