"""What a cart refuses, each with its one status, code and the shopper's sentence (api.md, "Error codes")."""

from datetime import datetime
from math import ceil

from contracts.cart_calls import CartRefusal
from contracts.inventory_calls import HoldRefusal
from contracts.pricing_calls import CodeRefusal
from servicekit.errors import (
    Conflict409,
    LostRaces409,
    NotFound404,
    ServiceError,
    ValidationFailed422,
    VersionMismatch412,
)


class CartError(ServiceError):
    """Anything a cart refuses."""


class CartNotFound(CartError):
    """No such cart for this caller; a wrong token and another company's cart look the same (rules.md 7)."""

    status, code = 404, CartRefusal.CART_NOT_FOUND
    sentence = "We could not find this cart."
    action = "Create a new cart."


class ItemNotFound(CartError):
    """The cart has no such line."""

    status, code = 404, "ITEM_NOT_FOUND"
    sentence = "This item is no longer in your cart."
    action = "Reload the cart."


class ProductNotFound(CartError):
    """The product is unknown or another company's."""

    status, code = 404, CartRefusal.PRODUCT_NOT_FOUND
    sentence = "We could not find this product."
    action = "Check productId and variantId."


class ProductUnavailable(CartError):
    """The product exists but cannot be bought in this cart: inactive, or without a price in its currency."""

    status, code = 409, CartRefusal.PRODUCT_UNAVAILABLE
    sentence = "Sorry, this item is no longer available"
    action = "Choose another product."


class ItemOutOfStock(CartError):
    """None is left."""

    status, code = 400, CartRefusal.ITEM_OUT_OF_STOCK
    sentence = "Sorry, this item is no longer available"
    action = "Choose another product."


class InsufficientStock(CartError):
    """Some are left, fewer than asked for; `available` says how many."""

    status, code = 409, CartRefusal.INSUFFICIENT_STOCK
    sentence = "There are not enough left in stock."
    action = "Lower the quantity to what is available."


class SizeRequired(CartError):
    """The product has several variants and the request does not say which."""

    status, code = 422, CartRefusal.SIZE_REQUIRED
    sentence = "Please select a size before adding to cart"
    action = "Send variantId, or size or options that name one variant."


class QuantityLimit(CartError):
    """More of one line, or more lines, than the site allows (rules.md 8)."""

    status, code = 422, CartRefusal.QUANTITY_LIMIT
    sentence = "That is more than this shop allows in one cart."
    action = "Lower the quantity."


class TooManyNotes(CartError):
    """The lines' options, `meta` and `rental` are longer than one cart keeps; `errors` names the field."""

    status, code = 422, ValidationFailed422.code
    sentence = "There are too many notes in this cart."
    action = "Shorten the field named in errors, or remove a line that has long ones."


class CartConvertedAlready(CartError):
    """The cart was ordered and is final."""

    status, code = 409, CartRefusal.CART_CONVERTED
    sentence = "This cart has already been ordered."
    action = "Create a new cart."


class CartMergedAlready(CartError):
    """The cart was merged into another and is final."""

    status, code = 409, CartRefusal.CART_MERGED
    sentence = "This cart was merged into your account's cart."
    action = "Use the customer's cart."


class CartExpiredAlready(CartError):
    """The cart was idle for too long and is final."""

    status, code = 410, CartRefusal.CART_EXPIRED
    sentence = "This cart has expired."
    action = "Create a new cart."


class CartFrozen(CartError):
    """A checkout is under way: nothing changes until it ends, or its time is over (rules.md 14)."""

    status, code = 409, CartRefusal.CART_FROZEN
    sentence = "This cart cannot be changed while it is being ordered."
    action = "Finish or cancel the checkout, or wait until frozenUntil."

    def __init__(self, until: datetime, now: datetime) -> None:
        seconds = max(1, ceil((until - now).total_seconds()))
        super().__init__(headers={"Retry-After": str(seconds)}, frozenUntil=until.isoformat())


class CartEmpty(CartError):
    """There is nothing in the cart to hold or to order."""

    status, code = 409, "CART_EMPTY"
    sentence = "Your cart is empty."
    action = "Add an item first."


class CurrencyMismatch(CartError):
    """One cart, one currency (rules.md 1)."""

    status, code = 409, CartRefusal.CURRENCY_MISMATCH
    sentence = "This cart is in another currency."
    action = "Use the cart's currency, or create a new cart."


class VersionMismatch(CartError):
    """If-Match named an older version; nothing was changed (rules.md 9)."""

    status, code = 412, VersionMismatch412.code
    sentence = "Your cart was changed somewhere else."
    action = "Reload the cart and try again."


class CartReplaced(CartError):
    """The caller has another cart than the one that the request was prepared for."""

    status, code = 409, Conflict409.code
    sentence = "The cart was replaced while this was looked up."
    action = "Try again."


class TotalMismatch(CartError):
    """The order's total is not the cart's."""

    status, code = 409, Conflict409.code
    sentence = "The price of this cart has changed."
    action = "Read the cart's total again before ordering."


class DiscountInvalid(CartError):
    """Unknown and not-yet-valid codes answer alike (rules.md 24)."""

    status, code = 400, CodeRefusal.DISCOUNT_INVALID
    sentence = "This code is not valid."
    action = "Check the code."


class DiscountExpired(CartError):
    """The code's time is over."""

    status, code = 400, CodeRefusal.DISCOUNT_EXPIRED
    sentence = "This code has expired."
    action = "Use another code."


class DiscountLimitReached(CartError):
    """The code was used as often as it may be."""

    status, code = 400, CodeRefusal.DISCOUNT_LIMIT_REACHED
    sentence = "This code has been used up."
    action = "Use another code."


class DiscountNotCombinable(CartError):
    """The cart has as many codes as it may have."""

    status, code = 409, CodeRefusal.DISCOUNT_NOT_COMBINABLE
    sentence = "This code cannot be combined with the others."
    action = "Remove another code first."


class ShippingOptionUnavailable(CartError):
    """The way to ship is not offered to where the cart goes, or nobody knows yet where that is."""

    status, code = 409, "SHIPPING_OPTION_UNAVAILABLE"
    sentence = "This way of shipping is not offered for your address."
    action = "Choose one that POST /api/cart/shipping/estimate offers, after setting the address."


class InventoryHoldFailed(CartError):
    """Not all lines can be held; `lines` names each with what is left. Nothing was taken."""

    status, code = 409, HoldRefusal.INVENTORY_HOLD_FAILED
    sentence = "Some items are no longer available in this quantity."
    action = "Lower the quantities named in lines."


class HoldLimit(CartError):
    """This shopper holds as many carts' stock as is allowed."""

    status, code = 409, HoldRefusal.HOLD_LIMIT
    sentence = "You have too many open checkouts."
    action = "Finish or cancel another checkout first."


class HoldChanging(LostRaces409):
    """The cart's stock is being changed by another call, for longer than this one waited; nothing was changed."""

    sentence = "Your cart is being changed right now."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class WishNotFound(CartError):
    """The wishlist has no such wish."""

    status, code = 404, ItemNotFound.code
    sentence = "This item is no longer on your wishlist."
    action = "Reload the wishlist."


class WishlistFull(CartError):
    """The wishlist has as many wishes as it may have; `maxItems` says how many."""

    status, code = 409, "WISHLIST_FULL"
    sentence = "There is no room for another item on your wishlist."
    action = "Remove an item first."


class ComparedItemNotFound(CartError):
    """The comparison has no such item."""

    status, code = 404, ItemNotFound.code
    sentence = "This item is no longer in your comparison."
    action = "Reload the comparison."


class ComparisonFull(CartError):
    """As many products are compared as the site allows; `maxItems` says how many."""

    status, code = 409, "COMPARISON_FULL"
    sentence = "You cannot compare more items at once."
    action = "Remove an item from the comparison first."


class LinkNotFound(CartError):
    """A link that opens nothing: made up, revoked, past its time, another company's, or of a feature that is off."""

    status, code = 404, NotFound404.code
    sentence = "This link is not valid any more."
    action = "Ask for a new link."


class SiteNotFound(CartError):
    """The company has no such site."""

    status, code = 404, NotFound404.code
    sentence = "We could not find this shop."
    action = "Check siteId."


class SharedCartNotFound(CartError):
    """The link shows no cart: it never did, has expired or was ended, or its cart was ordered or has expired."""

    status, code = 404, NotFound404.code
    sentence = "This shared cart is not available any more."
    action = "Ask for a new link."
