"""What can be wrong with a quote."""

from collections.abc import Sequence


class QuoteError(Exception):
    """Anything this library refuses; none of it is a shopper's mistake."""


class UnsupportedEngine(QuoteError):
    """The rule set, or the recorded quote, needs another engine version than this one (architecture.md)."""


class InvalidInput(QuoteError, ValueError):
    """Lines or amounts that no cart can have, such as a negative price or one line id twice."""


class InvariantViolation(QuoteError):
    """A quote that does not add up (rules.md 4): checkout must stop. `violations` names every rule that is broken."""

    def __init__(self, violations: Sequence[str]) -> None:
        super().__init__("; ".join(violations))
        self.violations = tuple(violations)
