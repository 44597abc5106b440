"""What holds for all amounts, not for examples only."""

from fractions import Fraction

from contracts.currencies import EXPONENTS
from contracts.money import Money, RoundingMode, allocate, divide_round
from hypothesis import given
from hypothesis import strategies as st

amounts = st.integers(-(10**15), 10**15)


@given(amount=amounts, currency=st.sampled_from(sorted(EXPONENTS)))
def test_writing_and_reading_gives_the_same_money(amount: int, currency: str) -> None:
    """`parse` undoes `format_decimal` in every currency."""
    money = Money(amount, currency)

    assert Money.parse(money.format_decimal(), currency) == money


@given(numerator=amounts, denominator=st.integers(1, 10**9), mode=st.sampled_from(RoundingMode))
def test_rounding_is_to_the_nearest_and_symmetrical(numerator: int, denominator: int, mode: RoundingMode) -> None:
    """The result is never more than half a unit off, and -x rounds to minus what x rounds to."""
    rounded = divide_round(numerator, denominator, mode)

    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert divide_round(-numerator, denominator, mode) == -rounded


@given(amount=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_sum_exactly_and_are_within_one_of_their_quota(amount: int, weights: list[int]) -> None:
    """Largest remainder never gives a share that is a whole unit away from the exact one (rules.md 3)."""
    weights = [*weights, 1]
    spread = allocate(amount, weights)

    assert sum(spread) == amount
    quotas = [Fraction(amount * weight, sum(weights)) for weight in weights]
    assert all(abs(share - quota) < 1 for share, quota in zip(spread, quotas, strict=True))
    assert all(share == 0 for share, weight in zip(spread, weights, strict=True) if weight == 0)
