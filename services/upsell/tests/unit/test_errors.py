"""Passing on what the cart service refuses."""

import pytest
from servicekit.errors import ServiceUnavailable503
from upsell.errors import refusal_by_cart

PROBLEM = {
    "type": "urn:cartwheel:problem:cart-converted",
    "title": "Cart converted",
    "status": 409,
    "detail": "It has been ordered.",
    "code": "CART_CONVERTED",
    "action": "Start a new cart.",
    "instance": "/internal/…",
    "requestId": "1",
    "lines": [1],
}


def test_a_refusal_keeps_its_words_and_what_it_adds() -> None:
    """The address and request that it was about inside are not ours to tell."""
    refusal = refusal_by_cart(409, PROBLEM)

    assert (refusal.status, refusal.code, refusal.detail) == (409, "CART_CONVERTED", "It has been ordered.")
    assert (refusal.action, refusal.extra) == ("Start a new cart.", {"lines": [1]})


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, {**PROBLEM, "code": "UNAUTHENTICATED"}),
        (403, {**PROBLEM, "code": "FORBIDDEN"}),
        (404, {}),
        (400, {"code": 7}),
    ],
)
def test_what_is_our_own_fault_is_not_the_shoppers(status: int, problem: dict[str, object]) -> None:
    """A token that the cart service does not take, or an answer without a code, is a service that is not there."""
    assert isinstance(refusal_by_cart(status, problem), ServiceUnavailable503)
