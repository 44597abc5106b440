"""How a check says what is wrong."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chaos.ledger import Entry
from chaos.records import Records
from chaos.shop import Shop


@dataclass(frozen=True, slots=True)
class Run:
    """What a check judges."""

    shop: Shop
    entries: Sequence[Entry]
    records: Records


Check = Callable[[Run], Iterable[str]]
"""Yields a sentence for each thing that is wrong; none when the invariant holds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An invariant, and everything that violates it."""

    invariant: str
    violations: Sequence[str]
    checked: int
    """How many things were looked at: an invariant of nothing proves nothing."""

    @property
    def holds(self) -> bool:
        """Whether nothing violates it."""
        return not self.violations
