"""What every fault is."""

from dataclasses import dataclass
from random import Random
from typing import Protocol


class Fault(Protocol):
    """Something that breaks and is whole again when `inflict` returns."""

    @property
    def kind(self) -> str:
        """What it is called in the report."""
        ...

    async def inflict(self, random: Random) -> str:
        """Break it and make it whole; returns what it was done to. Called again, it breaks it again."""
        ...


@dataclass(frozen=True, slots=True)
class Injected:
    """A fault that happened, `at` seconds after the beginning; its repair is over at `until`."""

    kind: str
    subject: str
    at: float
    until: float


@dataclass(frozen=True, slots=True)
class Recurring:
    """A fault that comes again `every` so many seconds, for the first time after the first of them.

    At most so many `times`; None until the run's seconds are over.
    """

    fault: Fault
    every: float
    times: int | None = None
