"""Judging a code (rules.md 23, 24)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contracts.pricing_calls import ResolveCode
from contracts.ruleset import PromotionRule, PromotionScope, PromotionType
from hypothesis import given
from hypothesis import strategies as st
from pricing.codes.domain import normal_code, rule_of
from pricing.errors import DiscountError, DiscountExpired400, DiscountInvalid400, DiscountLimitReached400
from pricing.promotions.domain import Promotion
from servicekit.ids import new_id

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SITE = new_id()
REQUESTED = ResolveCode(code="SAVE10", site_id=SITE, currency="EUR")
PROMOTION = Promotion(
    id=new_id(),
    code="SAVE10",
    rule=PromotionRule(
        id=new_id(),
        name="Ten percent",
        type=PromotionType.PERCENTAGE_OFF,
        scope=PromotionScope.CART,
        basis_points=1000,
    ),
    usage_limit=None,
    times_used=0,
    active=True,
    created_at=NOW,
    updated_at=NOW,
)


def with_rule(**fields: Any) -> Promotion:
    """The promotion with some of its rule changed."""
    return replace(PROMOTION, rule=PROMOTION.rule.model_copy(update=fields))


@pytest.mark.parametrize(
    ("promotion", "refusal"),
    [
        (None, DiscountInvalid400),
        (replace(PROMOTION, active=False), DiscountInvalid400),
        (with_rule(starts_at=NOW + SECOND), DiscountInvalid400),
        (with_rule(site_ids=(new_id(),)), DiscountInvalid400),
        (with_rule(currencies=("USD",)), DiscountInvalid400),
        (with_rule(amounts={"USD": 5}), DiscountInvalid400),
        (with_rule(ends_at=NOW), DiscountExpired400),
        (replace(PROMOTION, usage_limit=3, times_used=3), DiscountLimitReached400),
        (replace(PROMOTION, usage_limit=3, times_used=4), DiscountLimitReached400),
    ],
)
def test_a_code_that_cannot_be_used_is_refused(promotion: Promotion | None, refusal: type[DiscountError]) -> None:
    """Each reason has its refusal; a code ends with the first moment at which it no longer applies."""
    with pytest.raises(refusal):
        rule_of(promotion, REQUESTED, NOW)


@pytest.mark.parametrize(
    "promotion",
    [
        PROMOTION,
        with_rule(starts_at=NOW),
        with_rule(ends_at=NOW + SECOND),
        with_rule(site_ids=(SITE,), currencies=("EUR", "USD")),
        replace(PROMOTION, usage_limit=3, times_used=2),
    ],
)
def test_a_code_that_can_be_used_gives_its_rule(promotion: Promotion) -> None:
    """The other side of each boundary."""
    assert rule_of(promotion, REQUESTED, NOW).code == "SAVE10"


@given(st.text(max_size=60))
def test_a_code_is_what_the_rule_says_and_nothing_else(text: str) -> None:
    """1 to 50 letters, digits and hyphens of ASCII, whatever their case (rules.md 24)."""
    plain = text.strip().upper()
    allowed = 1 <= len(plain) <= 50 and all(each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-" for each in plain)

    if allowed:
        assert normal_code(text) == plain
    else:
        with pytest.raises(DiscountInvalid400):
            normal_code(text)
