"""What the answered cart has beyond what is stored: codes, notices, prices that changed, holds."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from cart.carts.domain.cart import Cart
from cart.carts.domain.pricing import price
from cart.carts.domain.values import HoldReplica, MergeReason
from cart.carts.routes.schemas import CartView
from cart.carts.view import cart_view
from cart.rules.service import no_rules
from cart.sentences import MERGE_CHANGES, REJECTED_CODES
from quote import Reason
from servicekit.http.answers import plain
from servicekit.ids import new_id

from ..building import COMPANY, NOW, cart, code, line, variant


def view(of: Cart, now: datetime = NOW) -> Any:
    """The cart as it would arrive."""
    return plain(cart_view(of, price(of, no_rules(COMPANY), now).quote, now))


class Exactly(CartView, extra="forbid"):
    """The documented cart, and nothing more."""


def test_a_code_whose_time_is_over_takes_nothing_off_and_says_why() -> None:
    """Pricing's answer is kept for some hours; after that the shopper is asked to apply it again."""
    mine = cart(line(variant(1), 2))
    mine.codes = [code("SAVE10", NOW + timedelta(hours=1))]

    before, after = view(mine), view(mine, NOW + timedelta(hours=1))

    assert (before["totals"]["total"], before["rejectedCodes"]) == (1800, [])
    assert [(it["code"], it["amount"]) for it in before["discounts"]] == [("SAVE10", 200)]
    assert (after["totals"]["total"], after["discounts"]) == (2000, [])
    assert after["rejectedCodes"] == [
        {"code": "SAVE10", "reason": "APPLY_AGAIN", "message": "Please enter this code again."}
    ]


@pytest.mark.parametrize(
    ("now", "codes", "in_stock"),
    [
        (variant(1), [], True),
        (variant(1, active=False), ["PRODUCT_UNAVAILABLE"], False),
        (None, ["PRODUCT_UNAVAILABLE"], False),
        (variant(1, available=1), ["INSUFFICIENT_STOCK"], True),
        (variant(1, available=0), ["ITEM_OUT_OF_STOCK"], False),
        (variant(1, available=0, backorderable=True), [], True),
        (variant(1, price=1100), ["PRICE_CHANGED"], True),
        (variant(1, price=1100, available=1), ["INSUFFICIENT_STOCK", "PRICE_CHANGED"], True),
    ],
)
def test_each_line_says_what_the_catalogue_says_now(now: Any, codes: list[str], in_stock: bool) -> None:
    """The line keeps its price and quantity; what has become of the product is a notice (rules.md 15)."""
    there = line(variant(1), 2)
    there.catalogue = now

    seen = view(cart(there))

    assert [notice["code"] for notice in seen["notices"]] == codes
    assert seen["items"][0]["availability"]["inStock"] is in_stock
    assert seen["items"][0]["unitPrice"] == 1000
    assert seen["items"][0]["priceChanged"] == ({"from": 1000, "to": 1100} if "PRICE_CHANGED" in codes else None)
    Exactly.model_validate(seen)


@pytest.mark.parametrize(
    ("status", "minutes", "shown"),
    [("ACTIVE", 1, "ACTIVE"), ("ACTIVE", 0, "EXPIRED"), ("RELEASED", 1, "RELEASED")],
)
def test_a_hold_is_shown_by_the_carts_own_clock(status: str, minutes: int, shown: str) -> None:
    """It is over at its moment, whoever has noticed."""
    mine = cart(line(variant(1)))
    mine.hold = HoldReplica(new_id(), status, NOW + timedelta(minutes=minutes))

    seen = view(mine)

    assert seen["hold"]["status"] == shown
    Exactly.model_validate(seen)


def test_a_cart_says_when_it_ends() -> None:
    """Counted from the shopper's last change, not from now (rules.md 13)."""
    assert view(cart(line(variant(1))), NOW + timedelta(days=3))["expiresAt"] == "2026-02-04T12:00:00Z"


def test_every_reason_has_its_sentence() -> None:
    """Why a code takes nothing off, and why a merge changed a line."""
    strategies, others = get_args(MergeReason)

    assert REJECTED_CODES.keys() == {*Reason, "APPLY_AGAIN"}
    assert MERGE_CHANGES.keys() == {*get_args(strategies), *get_args(others)}
