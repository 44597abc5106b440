"""Parts of an amount, rounded once per line or once per piece (rules.md 2)."""

from dataclasses import dataclass

from contracts.money import RoundingMode, divide_round
from contracts.ruleset import RoundingScope


@dataclass(frozen=True, slots=True)
class Rounding:
    """How this company rounds."""

    mode: RoundingMode
    scope: RoundingScope

    def part(self, amount: int, numerator: int, denominator: int) -> int:
        """amount x numerator / denominator, rounded once."""
        return divide_round(amount * numerator, denominator, self.mode)

    def part_of_line(self, amount: int, pieces: int, numerator: int, denominator: int) -> int:
        """A part of a line's amount, rounded once, or once for each of its pieces.

        At 19 %: `part_of_line(324, 3, 19, 100)` is 62 by line and 3 x 21 = 63 by piece. Where the pieces do not divide
        the amount (after a discount), it is spread so that they differ by at most one.
        """
        if self.scope is RoundingScope.LINE:
            return divide_round(amount * numerator, denominator, self.mode)
        smaller, dearer = divmod(amount, pieces)
        each = divide_round(smaller * numerator, denominator, self.mode)
        each_dearer = divide_round((smaller + 1) * numerator, denominator, self.mode)
        return (pieces - dearer) * each + dearer * each_dearer
