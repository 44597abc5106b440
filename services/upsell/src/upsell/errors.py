"""What upsell refuses, and in which words."""

from collections.abc import Mapping
from typing import Any

from contracts.cart_calls import CartRefusal
from servicekit.errors import PROBLEM_JSON, SHARED_CODES, NotFound404, Responses, ServiceError, ServiceUnavailable503

_STANDARD = {"type", "title", "status", "detail", "code", "action", "instance", "requestId"}


class ProductNotFound404(NotFound404):
    """No such product of this company."""

    code = CartRefusal.PRODUCT_NOT_FOUND
    sentence = "This product does not exist."


class CartNotFound404(NotFound404):
    """The credential has no open cart, or is of nobody."""

    code = CartRefusal.CART_NOT_FOUND
    sentence = "This cart does not exist."


def refusal_by_cart(status: int, problem: Mapping[str, Any]) -> ServiceError:
    """The cart service's refusal as our own: its status, code and words, and what it had to say besides.

    A refusal whose code is no contract's is our fault (a token that it does not take): ServiceUnavailable503.
    """
    code = problem.get("code")
    if (code not in CartRefusal.__members__ and code not in SHARED_CODES) or status in (401, 403):
        return ServiceUnavailable503()
    kind: type[ServiceError] = type(
        "RefusedByCart",
        (ServiceError,),
        {
            "status": status,
            "code": code,
            "sentence": problem["detail"],
            "action": problem["action"],
        },
    )
    return kind(problem["detail"], **{name: value for name, value in problem.items() if name not in _STANDARD})


REFUSALS_BY_CART: Responses = {
    status: {
        "description": f"The cart service refuses: {why}",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, why in {
        400: "ITEM_OUT_OF_STOCK",
        404: "CART_NOT_FOUND, PRODUCT_NOT_FOUND",
        409: "CART_CONVERTED, CART_FROZEN, CART_MERGED, INSUFFICIENT_STOCK, PRODUCT_UNAVAILABLE, CURRENCY_MISMATCH",
        410: "CART_EXPIRED",
        422: "QUANTITY_LIMIT, SIZE_REQUIRED, VALIDATION_FAILED",
    }.items()
}
"""What adding to a cart may be refused with, for the route's document."""
