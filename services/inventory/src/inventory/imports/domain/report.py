"""What an import did: counts, and the first errors."""

from dataclasses import dataclass, field

from inventory.imports.domain.plan import Outcome

MAX_ERRORS = 1_000
"""Errors that a report names; the count of rejected products goes on."""


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong at a line of the file; `field` as the file names it, empty when it is the whole line."""

    line: int
    field: str
    message: str


@dataclass(slots=True)
class Report:
    """Products of the file by what became of them, and the first errors."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All products of the file so far."""
        return self.created + self.updated + self.unchanged + self.rejected

    def count(self, outcome: Outcome) -> None:
        """Count a product that was written, or needed no writing."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def reject(self, errors: tuple[RowError, ...]) -> None:
        """Count a product of which nothing was written, and note why."""
        self.rejected += 1
        self.errors += errors[: MAX_ERRORS - len(self.errors)]
