"""What a drill does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollout.drill.versions import Version
from rollout.errors import Refused


@dataclass(frozen=True, slots=True)
class Plan:
    """The services to exchange, under `rate` steps of shoppers a second; `pause_seconds` pass after each exchange.

    `is_hard` kills processes in place of taking them out, which has to be noticed.
    """

    title: str
    services: Sequence[str]
    rate: float
    shops: int
    pause_seconds: float
    rolls_back: bool
    is_hard: bool = False

    @property
    def exchanges(self) -> int:
        """How often a version is exchanged for the other."""
        return len(self.services) * (3 if self.rolls_back else 1)

    def check(self, *versions: Version) -> None:
        """Raise Refused for a version that does not have the services."""
        for version in versions:
            if missing := sorted(set(self.services) - version.services):
                raise Refused(f"{version.name} has no service {', '.join(missing)}")

    def described(self, older: str, newer: str) -> Iterator[str]:
        """The plan in sentences, for the commits that it is for."""
        yield f"{self.title}: {self.rate:g} steps a second at {self.shops} companies, beginning at {older[:9]}"
        for service in self.services:
            yield f"upgrade {service} to {newer[:9]}: migrate, start, wait until ready, take {older[:9]} out"
        for service in self.services if self.rolls_back else ():
            yield f"roll {service} back to {older[:9]} alone, if that reads the schema, and forward again"
