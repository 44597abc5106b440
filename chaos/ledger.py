"""What shoppers did and were answered: an append-only file outside the system that is judged by it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TextIO
from uuid import UUID

from chaos.errors import ChaosError

Command = Literal["create", "add", "set", "remove", "code", "contact", "hold", "release", "order"]
Outcome = Literal["accepted", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What an accepted command was answered; None where its answer does not have it.

    `lines` are quantities by variant, `total` is minor units.
    """

    cart_id: str = ""
    version: int | None = None
    lines: Mapping[str, int] | None = None
    total: int | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One command that came to an end: accepted (2xx), refused (with its code), or never answered.

    `quantity` is how many more or fewer pieces were wanted. `attempts` is how often it was sent, under one `key`.
    """

    command: Command
    key: str
    cart_id: str
    outcome: Outcome
    attempts: int
    code: str = ""
    quantity: int = 0
    email: str = ""
    seen: Seen = field(default_factory=Seen)


class Ledger:
    """Appends entries to a file, each on disk before its shopper goes on."""

    def __init__(self, file: Path) -> None:
        self.entries: list[Entry] = []
        self._file = file
        self._out: TextIO | None = None

    def __enter__(self) -> Self:
        self._out = self._file.open("a")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._out is not None:
            self._out.close()

    def write(self, entry: Entry) -> None:
        """Append an entry."""
        if self._out is None:
            raise ChaosError("the ledger is not open")
        self._out.write(json.dumps(asdict(entry)) + "\n")
        self._out.flush()
        self.entries.append(entry)


def read_ledger(file: Path) -> list[Entry]:
    """Every entry of a file; raises ChaosError for one that cannot be read."""
    try:
        return [_entry_of(line) for line in file.read_text().splitlines()]
    except (OSError, ValueError, TypeError, KeyError) as unreadable:
        raise ChaosError(f"{file} is no ledger of a run: {unreadable}") from unreadable


def accepted(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that the platform has said yes to."""
    return [entry for entry in entries if entry.outcome == "accepted"]


def by_cart(entries: Iterable[Entry]) -> dict[UUID, list[Entry]]:
    """The accepted entries of each cart, in the order of its one shopper."""
    carts: dict[UUID, list[Entry]] = {}
    for entry in accepted(entries):
        carts.setdefault(UUID(entry.cart_id), []).append(entry)
    return carts


def last_lines(entries: Sequence[Entry]) -> Mapping[str, int]:
    """What the shopper saw in the cart at last."""
    return next((entry.seen.lines for entry in reversed(entries) if entry.seen.lines is not None), {})


def _entry_of(line: str) -> Entry:
    fields = json.loads(line)
    return Entry(**{**fields, "seen": Seen(**fields["seen"])})
