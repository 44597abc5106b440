"""Exact money: integers of a currency's minor unit, and the two operations that round or spread them (rules.md 1-3)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self, TypeAlias

from pydantic import AfterValidator, Field

from contracts.currencies import EXPONENTS

MinorUnits: TypeAlias = int
"""An amount in minor units of the currency beside it: what money is in events, bodies, tables and the quote."""

_DECIMAL = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]{1,4}))?")


class MoneyError(ValueError):
    """An amount or currency that cannot be what it says."""


class UnknownCurrency(MoneyError):
    """Not an active ISO 4217 code with a minor unit."""


class CurrencyMismatch(MoneyError):
    """Two currencies met in one sum or comparison (rules.md 1: one cart, one currency)."""


class MalformedAmount(MoneyError):
    """A decimal text that is no number, or has more digits than the currency."""


class RoundingMode(StrEnum):
    """What happens to exactly half a minor unit; each mode treats -x as the mirror of x."""

    HALF_EVEN = "HALF_EVEN"
    HALF_UP = "HALF_UP"
    HALF_DOWN = "HALF_DOWN"


def exponent_of(currency: str) -> int:
    """Decimal digits of a currency's minor unit: 0, 2, 3 or 4. Raises UnknownCurrency."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not an active ISO 4217 currency code") from None


def _known(currency: str) -> str:
    exponent_of(currency)
    return currency


CurrencyCode = Annotated[str, AfterValidator(_known), Field(examples=["USD"])]
"""An active ISO 4217 code, checked wherever a contract carries one."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one currency: `Money(1250, "USD")` is 12.50 dollars.

    Sums and comparisons across currencies raise CurrencyMismatch; a float or bool anywhere raises TypeError.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        _require_integer(self.amount)
        exponent_of(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read a plain decimal: "12.5" and "12.50" are 1250 USD; "12.505" and "1e3" raise MalformedAmount."""
        exponent = exponent_of(currency)
        match = _DECIMAL.fullmatch(text)
        if match is None:
            raise MalformedAmount(f"{text[:40]!r} is not a decimal amount")
        sign, whole, fraction = match[1], match[2], match[3] or ""
        if len(fraction) > exponent:
            raise MalformedAmount(f"{text!r} has more than the {exponent} decimal digits of {currency}")
        amount = int(whole + fraction.ljust(exponent, "0"))
        return cls(-amount if sign else amount, currency)

    def format_decimal(self) -> str:
        """The amount with all its digits, such as "12.50" or "-0.005"; `parse` reads it back to the same Money."""
        exponent = exponent_of(self.currency)
        digits = str(abs(self.amount)).rjust(exponent + 1, "0")
        sign = "-" if self.amount < 0 else ""
        return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> "Money":
        _require_integer(times)
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} meets {other.currency}")
        return other.amount


def _require_integer(value: int) -> None:
    if type(value) is not int:
        raise TypeError(f"money is counted in integers, not {type(value).__name__}")


def divide_round(numerator: int, denominator: int, mode: RoundingMode = RoundingMode.HALF_EVEN) -> int:
    """The nearest integer to numerator / denominator, exactly; halves go as `mode` says, symmetrically about zero.

    `denominator` must be positive (ValueError). 25 / 10 is 2 half-even, 3 half-up, 2 half-down; -25 / 10 mirrors it.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, remainder = divmod(abs(numerator), denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and _half_goes_up(quotient, mode)):
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def _half_goes_up(quotient: int, mode: RoundingMode) -> bool:
    return mode is RoundingMode.HALF_UP or (mode is RoundingMode.HALF_EVEN and quotient % 2 == 1)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Spread `amount` over `weights` by largest remainder so that the integers sum exactly (rules.md 3).

    Ties go to the smaller index: sort by line id first. What weighs nothing gets nothing. Raises ValueError for a
    negative amount or weight, and for an amount that no weight takes. `allocate(100, [1, 1, 1])` is `[34, 33, 33]`.
    """
    if amount < 0 or min(weights, default=0) < 0:
        raise ValueError("amount and weights must not be negative")
    total = sum(weights)
    if not total:
        if amount:
            raise ValueError(f"{amount} cannot be spread over nothing")
        return [0] * len(weights)
    parts = [divmod(amount * weight, total) for weight in weights]
    shares = [quotient for quotient, _ in parts]
    left = amount - sum(shares)
    if left:  # one more for the largest remainders; the sort is stable, so ties go by index
        for index in sorted(range(len(parts)), key=lambda index: -parts[index][1])[:left]:
            shares[index] += 1
    return shares
