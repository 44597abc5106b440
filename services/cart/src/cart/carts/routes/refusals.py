"""The errors that groups of routes share, for their documents."""

from typing import Any

from servicekit.errors import ServiceUnavailable503, problems

from cart import errors

_CHANGE = (
    errors.CartNotFound,
    errors.CartConvertedAlready,
    errors.CartMergedAlready,
    errors.CartExpiredAlready,
    errors.VersionMismatch,
    errors.InventoryHoldFailed,
    errors.HoldLimit,
    ServiceUnavailable503,
)
_GROW = (errors.ProductUnavailable, errors.ItemOutOfStock, errors.InsufficientStock, errors.QuantityLimit)

CHANGES: dict[int | str, dict[str, Any]] = problems(*_CHANGE)
"""Every route that changes a cart."""

ADDS: dict[int | str, dict[str, Any]] = problems(*_CHANGE, *_GROW, errors.ProductNotFound, errors.SizeRequired)
"""Routes that add a product."""

LINES: dict[int | str, dict[str, Any]] = problems(*_CHANGE, *_GROW, errors.ItemNotFound)
"""Routes of one line."""

CODES: dict[int | str, dict[str, Any]] = problems(
    *_CHANGE,
    errors.DiscountInvalid,
    errors.DiscountExpired,
    errors.DiscountLimitReached,
    errors.DiscountNotCombinable,
)
"""Routes of discount codes."""
