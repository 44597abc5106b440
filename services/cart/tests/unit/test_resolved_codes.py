"""How long, and where, a code's rule is believed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cart.rules.service import CodePlace, ResolvedCodes
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType
from servicekit.ids import new_id
from servicekit.testing.clocks import FixedClock

PLACE = CodePlace(new_id(), 7, new_id(), "USD", "TEN")
RULE = PromotionRule(
    id=new_id(), name="Ten", type=PromotionType.PERCENTAGE_OFF, scope=PromotionScope.CART, basis_points=1000
)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands."""
    return FixedClock()


@pytest.fixture
def codes(clock: FixedClock) -> ResolvedCodes:
    """One code that was just resolved."""
    codes = ResolvedCodes(clock)
    codes.keep(PLACE, RULE)
    return codes


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, company_id=new_id()),
        replace(PLACE, rules_version=8),
        replace(PLACE, site_id=new_id()),
        replace(PLACE, currency="EUR"),
        replace(PLACE, code="ELEVEN"),
    ],
)
def test_a_rule_is_found_in_its_own_place_only(codes: ResolvedCodes, clock: FixedClock, other: CodePlace) -> None:
    """Another company, site, currency or version of the rules has to ask."""
    assert codes.find(PLACE, clock.now()) is RULE
    assert codes.find(other, clock.now()) is None


def test_a_rule_is_believed_for_a_minute(codes: ResolvedCodes, clock: FixedClock) -> None:
    """While the broker is away no new version of the rules arrives."""
    clock.advance(timedelta(seconds=59))
    assert codes.find(PLACE, clock.now()) is RULE

    clock.advance(timedelta(seconds=1))
    assert codes.find(PLACE, clock.now()) is None


def test_a_rule_is_found_only_while_it_holds(codes: ResolvedCodes, clock: FixedClock) -> None:
    """Whether it is over or has not begun is pricing's to say."""
    now, second = clock.now(), timedelta(seconds=1)
    codes.keep(PLACE, RULE.model_copy(update={"starts_at": now, "ends_at": now + second}))

    assert [codes.find(PLACE, moment) is None for moment in (now - second, now, now + second)] == [True, False, True]


def test_a_code_that_counts_is_not_kept(clock: FixedClock) -> None:
    """Its uses are pricing's (rules.md 23)."""
    codes = ResolvedCodes(clock)
    codes.keep(PLACE, RULE.model_copy(update={"counts": True}))

    assert codes.find(PLACE, clock.now()) is None
