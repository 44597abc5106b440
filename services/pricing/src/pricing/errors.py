"""What pricing refuses, and in which words."""

from contracts.pricing_calls import CodeRefusal
from servicekit.errors import Conflict409, NotFound404, ServiceError, ValidationFailed422


class DiscountError(ServiceError):
    """A code that cannot be used; the subclass says why, as far as a shopper may know (rules.md 24)."""

    status = 400
    action = "Check the code or try another one."


class DiscountInvalid400(DiscountError):
    """Unknown, malformed, switched off, not valid yet, or meant for another site or currency: all answered alike."""

    code = CodeRefusal.DISCOUNT_INVALID
    sentence = "This discount code is not valid."


class DiscountExpired400(DiscountError):
    """The code's time is over."""

    code = CodeRefusal.DISCOUNT_EXPIRED
    sentence = "This discount code has expired."


class DiscountLimitReached400(DiscountError):
    """The code was used as often as it may be."""

    code = CodeRefusal.DISCOUNT_LIMIT_REACHED
    sentence = "This discount code has been used up."


class PromotionNotFound404(NotFound404):
    """No such promotion of this company, or a deleted one."""

    sentence = "This promotion does not exist."


class TaxRateNotFound404(NotFound404):
    """No such tax rate of this company."""

    sentence = "This tax rate does not exist."


class ShippingZoneNotFound404(NotFound404):
    """No such shipping zone of this company."""

    sentence = "This shipping zone does not exist."


class ShippingRuleNotFound404(NotFound404):
    """No such shipping rule of this company."""

    sentence = "This shipping rule does not exist."


class CodeTaken409(Conflict409):
    """Another promotion of the company has this code."""

    sentence = "Another promotion already has this code."
    action = "Choose another code, or delete the other promotion."


class TooManyRules409(Conflict409):
    """The company's rule set would have more of something than every cart should carry; the detail says of what."""

    sentence = "Too many rules would be active at once."
    action = "Switch off or delete some that are no longer needed first."


class ShippingZoneInUse409(Conflict409):
    """Shipping rules still name the zone."""

    sentence = "Shipping rules still use this zone."
    action = "Delete the shipping rules of the zone first, or move them to another one."


class Incoherent422(ValidationFailed422):
    """Fields that are fine one by one and make no rule together; `errors` says what is missing."""
