"""Money is exact, of one currency, and never a float."""

import pytest
from contracts.currencies import EXPONENTS
from contracts.money import (
    CurrencyMismatch,
    MalformedAmount,
    Money,
    RoundingMode,
    UnknownCurrency,
    allocate,
    divide_round,
    exponent_of,
)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.50", "USD", 1250), ("12.5", "USD", 1250), ("-0.01", "EUR", -1), ("300", "JPY", 300), ("1.005", "KWD", 1005)],
)
def test_a_decimal_text_becomes_minor_units(text: str, currency: str, amount: int) -> None:
    """Exponents 0, 2 and 3 are read with their own number of digits (rules.md 1)."""
    assert Money.parse(text, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("12.505", "USD"),
        ("1.0", "JPY"),
        ("1e3", "USD"),
        ("", "USD"),
        (".5", "USD"),
        ("1,50", "EUR"),
        ("+1", "USD"),
        ("\uff11", "USD"),
        ("1" * 19, "USD"),
        ("1.5\n", "USD"),
    ],
)
def test_a_text_that_is_no_amount_of_the_currency_is_refused(text: str, currency: str) -> None:
    """Nothing is rounded or guessed on the way in."""
    with pytest.raises(MalformedAmount):
        Money.parse(text, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1250, "USD", "12.50"), (-5, "KWD", "-0.005"), (300, "JPY", "300"), (0, "USD", "0.00"), (1, "CLF", "0.0001")],
)
def test_an_amount_is_written_with_all_its_digits(amount: int, currency: str, text: str) -> None:
    """The decimal form has exactly the currency's digits."""
    assert Money(amount, currency).format_decimal() == text


def test_sums_and_multiples_stay_in_their_currency() -> None:
    """Adding, subtracting, negating and multiplying by a count are the whole arithmetic."""
    price = Money(108, "EUR")

    assert 3 * price - Money(24, "EUR") + -Money(0, "EUR") == Money(300, "EUR")
    assert Money(1, "EUR") < price <= Money(108, "EUR")
    assert price > Money(1, "EUR") >= Money(1, "EUR")


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_meet(operation: str) -> None:
    """A sum or comparison across currencies is an error, not a number (rules.md 1)."""
    with pytest.raises(CurrencyMismatch):
        getattr(Money(1, "USD"), operation)(Money(1, "EUR"))


def test_equal_numbers_of_two_currencies_are_not_equal_money() -> None:
    """Equality compares amount and currency."""
    assert Money(1, "USD") != Money(1, "EUR")


@pytest.mark.parametrize("amount", [1.0, True, "1", None])
def test_only_an_integer_is_an_amount(amount: object) -> None:
    """A float, a bool or a text as an amount, factor or summand is a TypeError."""
    with pytest.raises(TypeError):
        Money(amount, "USD")  # type: ignore[arg-type] # the mistake under test
    with pytest.raises(TypeError):
        Money(1, "USD") * amount  # type: ignore[operator] # the mistake under test
    with pytest.raises(TypeError):
        Money(1, "USD") + amount  # type: ignore[operator] # the mistake under test


@pytest.mark.parametrize("code", ["usd", "XXX", "DEM", "XAU", "", "US"])
def test_only_an_active_currency_with_a_minor_unit_is_known(code: str) -> None:
    """Withdrawn currencies, metals and test codes are refused."""
    with pytest.raises(UnknownCurrency):
        Money(1, code)


def test_the_table_has_every_exponent_of_the_standard() -> None:
    """ISO 4217 has 165 active currencies and funds with a minor unit, of 0, 2, 3 and 4 digits."""
    assert [exponent_of(code) for code in ("JPY", "USD", "KWD", "CLF")] == [0, 2, 3, 4]
    assert len(EXPONENTS) == 165
    assert set(EXPONENTS.values()) == {0, 2, 3, 4}


@pytest.mark.parametrize(
    ("numerator", "half_even", "half_up", "half_down"),
    [(25, 2, 3, 2), (35, 4, 4, 3), (-25, -2, -3, -2), (-35, -4, -4, -3), (24, 2, 2, 2), (26, 3, 3, 3), (0, 0, 0, 0)],
)
def test_halves_go_as_the_mode_says_on_both_sides_of_zero(
    numerator: int, half_even: int, half_up: int, half_down: int
) -> None:
    """Only an exact half depends on the mode; negatives mirror positives."""
    assert divide_round(numerator, 10, RoundingMode.HALF_EVEN) == half_even
    assert divide_round(numerator, 10, RoundingMode.HALF_UP) == half_up
    assert divide_round(numerator, 10, RoundingMode.HALF_DOWN) == half_down


@pytest.mark.parametrize("denominator", [0, -10])
def test_a_denominator_must_be_positive(denominator: int) -> None:
    """Dividing by zero or a negative number is a mistake of the caller."""
    with pytest.raises(ValueError, match="positive"):
        divide_round(1, denominator)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [300, 0, 200], [3, 0, 2]),
        (1, [0, 7, 7], [0, 1, 0]),
        (0, [0, 0], [0, 0]),
        (0, [], []),
        (3, [1, 2], [1, 2]),
    ],
)
def test_an_amount_is_spread_by_largest_remainder(amount: int, weights: list[int], shares: list[int]) -> None:
    """Ties go to the first, and nothing goes to what weighs nothing (rules.md 3)."""
    assert allocate(amount, weights) == shares


@pytest.mark.parametrize(("amount", "weights"), [(1, [0, 0]), (1, []), (-1, [1]), (1, [-1, 2])])
def test_what_cannot_be_spread_is_refused(amount: int, weights: list[int]) -> None:
    """Nothing to put it on, or a negative number, is a ValueError, never a wrong sum."""
    with pytest.raises(ValueError, match=r"nothing|negative"):
        allocate(amount, weights)
