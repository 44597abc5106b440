"""Lanes, ties and exclusive promotions (rules.md 22)."""

from itertools import permutations

import pytest
from contracts.ruleset import PromotionRule
from quote import Quote, Reason, RejectedCode

from .builders import (
    amount_off,
    applied,
    free_shipping,
    line,
    line_discounts,
    on,
    percent,
    quoted,
    shipping,
    with_codes,
)

MUG, SHIRT = line("mug", 1000), line("shirt", 3000)


def test_lanes_run_products_before_cart_before_shipping() -> None:
    """10 % of the cart is taken from what the cheaper mugs left: 10 % of 35.00, then free shipping."""
    priced = quoted(
        [MUG, SHIRT],
        free_shipping("free"),
        percent("ten", 10),
        amount_off("mugs", 500, **on("mug")),
        shipping("post", 799),
        default_country="US",
    )

    assert list(applied(priced).items()) == [("mugs", 500), ("ten", 350), ("free", 799)]


def test_in_a_lane_the_best_for_the_shopper_wins() -> None:
    """Of 10 % and 5 dollars off 40 dollars, the 5 dollars; off 100 dollars, the 10 %."""
    ten, five = percent("ten", 10), amount_off("five", 500)

    assert applied(quoted([MUG, SHIRT], ten, five)) == {"five": 500}
    assert applied(quoted([line("sofa", 10_000)], ten, five)) == {"ten": 1000}


def test_each_line_takes_its_own_best_promotion() -> None:
    """In the lane of products the comparison is per line, so both may win."""
    everything = percent("everything", 10, **on("mug", "shirt"))
    mugs = percent("mugs", 30, **on("mug"))

    priced = quoted([MUG, SHIRT], everything, mugs)

    assert line_discounts(priced) == {"mug": 300, "shirt": 300}
    assert applied(priced) == {"everything": 300, "mugs": 300}


def test_lanes_of_the_same_scope_add_up_in_their_order() -> None:
    """Half off in lane 0 and half off in lane 1 leave a quarter."""
    priced = quoted([SHIRT], percent("second", 50, lane=1), percent("first", 50))

    assert list(applied(priced).items()) == [("first", 1500), ("second", 750)]


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize(("one", "two", "winner"), [(1, 2, "one"), (2, 1, "two")])
def test_a_tie_goes_to_the_smaller_priority(one: int, two: int, winner: str, exclusive: bool) -> None:
    """Equal discounts are decided by priority, so that a merchant can choose which name is shown."""
    rules = [
        percent("one", 10, priority=one, exclusive=exclusive),
        amount_off("two", 400, priority=two, exclusive=exclusive),
    ]

    assert applied(quoted([MUG, SHIRT], *rules)) == {winner: 400}


def test_a_code_that_is_beaten_is_rejected() -> None:
    """The shopper keeps the better price and sees that the code does not add to it."""
    priced = quoted([MUG, SHIRT], percent("twenty", 20), context=with_codes(percent("TEN", 10)))

    assert applied(priced) == {"twenty": 800}
    assert priced.rejected_codes == (RejectedCode("TEN", Reason.BEATEN_IN_LANE),)


@pytest.mark.parametrize("code", [percent("CODE", 10), percent("CODE", 10, **on("gift"))])
def test_a_code_that_takes_nothing_off_is_rejected(code: PromotionRule) -> None:
    """10 % of nothing is nothing: the code is not shown as a discount of 0."""
    priced = quoted([line("gift", 0)], context=with_codes(code))

    assert priced.rejected_codes == (RejectedCode("CODE", Reason.NO_EFFECT),)
    assert priced.discounts == ()


def test_a_code_for_free_shipping_is_kept_before_there_is_an_address() -> None:
    """It applies at 0 until shipping is charged, and it is not rejected for coming early."""
    half = percent("half", 50, scope="SHIPPING", priority=-1)

    priced = quoted([MUG], half, context=with_codes(free_shipping("SHIP")))

    assert applied(priced) == {"SHIP": 0}
    assert priced.rejected_codes == ()


def test_an_exclusive_promotion_stands_alone() -> None:
    """Where it applies nothing else does, even when the others would have been better together."""
    alone = percent("alone", 15, exclusive=True)
    code = percent("TEN", 10)

    priced = quoted([MUG, SHIRT], alone, amount_off("mugs", 900, **on("mug")), context=with_codes(code))

    assert applied(priced) == {"alone": 600}
    assert priced.rejected_codes == (RejectedCode("TEN", Reason.EXCLUSIVE_STANDS_ALONE),)


def test_an_exclusive_promotion_that_does_not_apply_stops_nothing() -> None:
    """Its conditions come first."""
    alone = percent("alone", 15, exclusive=True, min_quantity=2)

    assert applied(quoted([MUG], alone, percent("ten", 10))) == {"ten": 100}


def test_of_two_exclusive_promotions_the_cheaper_for_the_shopper_stands() -> None:
    """The other is beaten, and says so when it came by a code."""
    large = percent("large", 20, exclusive=True)
    small = percent("SMALL", 10, exclusive=True)

    priced = quoted([MUG], large, context=with_codes(small))

    assert applied(priced) == {"large": 200}
    assert priced.rejected_codes == (RejectedCode("SMALL", Reason.BEATEN_IN_LANE),)


def test_a_tie_of_exclusive_promotions_in_two_lanes_goes_by_priority() -> None:
    """Lanes say what runs first, not what is preferred."""
    early, late = percent("early", 10, exclusive=True, priority=2), percent("late", 10, exclusive=True, lane=1)

    assert applied(quoted([MUG], early, late)) == {"late": 100}


@pytest.mark.parametrize(("percentage", "winner"), [(15, {"mugs": 900, "ten": 310}), (40, {"ALONE": 1600})])
def test_best_deal_prices_both_ways(percentage: int, winner: dict[str, int]) -> None:
    """With `best_deal` the stack of 12.10 beats 15 % of 40.00 but not 40 % of it."""
    priced = quoted(
        [MUG, SHIRT],
        amount_off("mugs", 900, **on("mug")),
        percent("ten", 10),
        context=with_codes(percent("ALONE", percentage, exclusive=True)),
        best_deal=True,
    )

    assert applied(priced) == winner
    lost = () if "ALONE" in winner else (RejectedCode("ALONE", Reason.STACK_IS_BETTER),)
    assert priced.rejected_codes == lost


def test_an_equal_best_deal_is_the_exclusive_one() -> None:
    """A tie keeps to the rule that exclusive comes first."""
    priced = quoted([MUG], percent("stack", 10), percent("alone", 10, exclusive=True), best_deal=True)

    assert applied(priced) == {"alone": 100}


def test_the_order_in_which_promotions_are_given_is_nothing() -> None:
    """Every permutation gives the same quote, ties included (rules.md 22: deterministic)."""
    rules = [percent("a", 10), amount_off("b", 400), percent("c", 10, **on("mug")), amount_off("d", 100, **on("mug"))]

    def priced(order: tuple[PromotionRule, ...]) -> Quote:
        return quoted([MUG, SHIRT], *order)

    assert len({priced(order) for order in permutations(rules)}) == 1
