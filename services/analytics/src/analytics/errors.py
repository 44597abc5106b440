"""What the analytics service refuses, each with its status, code and sentence."""

from contracts.cart_calls import CartRefusal
from servicekit.errors import NotFound404, ValidationFailed422


class PeriodInvalid422(ValidationFailed422):
    """A period that cannot be reported on; `errors` names the parameter."""


class SiteNotFound404(NotFound404):
    """No such site, or another company's."""

    sentence = "This site does not exist."
    action = "Use the id of one of the company's sites."


class CartNotFound404(NotFound404):
    """No event of such a cart, or another company's."""

    code = CartRefusal.CART_NOT_FOUND
    sentence = "This cart does not exist."
    action = "Check the cart's id."
