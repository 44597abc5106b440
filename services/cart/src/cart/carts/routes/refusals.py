"""The errors that groups of routes share, for their documents."""

from servicekit.errors import FeatureDisabled403, Responses, ServiceUnavailable503, problems

from cart import bundle_errors, errors

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

LINES: Responses = problems(*_CHANGE, *_GROW, errors.ItemNotFound, bundle_errors.BundleQuantity)
"""Routes of one line."""

BUNDLE_ADDS: Responses = problems(*_CHANGE, *_GROW, bundle_errors.BundleNotFound, bundle_errors.BundleSelection)
"""Routes that add a bundle."""

GROUPS: Responses = problems(*_CHANGE, errors.ItemNotFound)
"""Routes of one bundle in the cart."""

BULK: Responses = problems(
    *_CHANGE, *_GROW, errors.ProductNotFound, errors.SizeRequired, errors.ItemNotFound, bundle_errors.BundleQuantity
)
"""Routes that change several lines."""

WISH_TO_CART: Responses = problems(
    *_CHANGE, *_GROW, errors.ProductNotFound, errors.SizeRequired, errors.WishNotFound, FeatureDisabled403
)
"""Moving a wish into the cart."""

LINE_TO_WISHES: Responses = problems(*_CHANGE, errors.ItemNotFound, errors.WishlistFull, FeatureDisabled403)
"""Moving a line of the cart to the wishlist."""

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
