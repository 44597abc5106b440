"""What shoppers were answered, written down outside the system that is judged by it."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Accepted:
    """A command that was accepted: the cart as it was answered, and when it was sent and answered.

    `total` is in minor units; `quantity` is that of all lines.
    """

    cart_id: str
    version: int
    status: str
    total: int
    quantity: int
    sent: datetime
    answered: datetime


@dataclass(slots=True)
class Ledger:
    """Every accepted command in the order of the answers; each is a line of `file` before the shopper goes on."""

    file: Path
    commands: list[Accepted] = field(default_factory=list)

    def accept(self, command: Accepted) -> None:
        """Write a command down."""
        self.commands.append(command)
        moments = {"sent": command.sent.isoformat(), "answered": command.answered.isoformat()}
        with self.file.open("a") as lines:
            lines.write(json.dumps(asdict(command) | moments) + "\n")

    def by_cart(self) -> dict[str, list[Accepted]]:
        """The commands of each cart, by version."""
        carts: dict[str, list[Accepted]] = {}
        for command in sorted(self.commands, key=lambda one: one.version):
            carts.setdefault(command.cart_id, []).append(command)
        return carts

    def __iter__(self) -> Iterator[Accepted]:
        return iter(self.commands)


def now() -> datetime:
    """The time of this machine, which PostgreSQL has too."""
    return datetime.now(UTC)
