"""Every error that recovery answers with, besides the shared ones."""

from contracts.cart_calls import CartRefusal
from servicekit.errors import Conflict409, ServiceError


class RecoveryError(ServiceError):
    """Base of this service's own errors."""


class RecoveryTokenInvalid400(RecoveryError):
    """Not a token of ours: forged, cut off, for another purpose, or of a recovery that is gone."""

    status, code = 400, "RECOVERY_TOKEN_INVALID"
    sentence = "This link is not valid."
    action = "Open the link exactly as it is in the mail."


class RecoveryTokenExpired410(RecoveryError):
    """A token of ours whose time is over (rules.md 29)."""

    status, code = 410, "RECOVERY_TOKEN_EXPIRED"
    sentence = "This link has expired."
    action = "Visit the shop to start again."


class CartNotFound404(RecoveryError):
    """Cart has no such cart any more."""

    status, code = 404, CartRefusal.CART_NOT_FOUND
    sentence = "This cart does not exist any more."
    action = "Visit the shop to start again."


class CartConverted409(RecoveryError):
    """The cart has been ordered: there is nothing to restore."""

    status, code = 409, CartRefusal.CART_CONVERTED
    sentence = "This cart has already been ordered."
    action = "Nothing is left to do."


class CartMerged409(RecoveryError):
    """The cart went into another one at sign-in."""

    status, code = 409, CartRefusal.CART_MERGED
    sentence = "This cart is now part of your account's cart."
    action = "Sign in to see it."


class CartExpired410(RecoveryError):
    """The cart was kept as long as the shop keeps carts."""

    status, code = 410, CartRefusal.CART_EXPIRED
    sentence = "This cart has expired."
    action = "Visit the shop to start again."


class CampaignExists409(RecoveryError):
    """A company has one campaign of steps."""

    status, code = 409, Conflict409.code
    sentence = "The company already has a campaign."
    action = "Change it with PATCH, or delete it first."


class NotSendable409(RecoveryError):
    """Staff requested a mail that may not go: `detail` is the reason."""

    status, code = 409, Conflict409.code
    sentence = "No mail can be sent for this cart."
    action = "See the reason; nothing was changed."
