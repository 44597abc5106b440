"""What the file itself counts, from its rows and from nothing that was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from simulator.replay.sales import Reason, Sale

_LINES_SHOWN = 10


@dataclass(slots=True)
class _Invoice:
    at: datetime
    units: int = 0
    pence: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """One day of UTC: carts ordered, units in them, and their worth in pence."""

    carts: int = 0
    units: int = 0
    pence: int = 0

    def __add__(self, other: "Day") -> "Day":
        return Day(self.carts + other.carts, self.units + other.units, self.pence + other.pence)


@dataclass(slots=True)
class Rejected:
    """The rows of one reason: how many, and the lines of the first ones."""

    rows: int = 0
    first_lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Sums over the rows of a file; its memory grows with invoices and not with rows.

    An invoice happens at the time of its earliest sold line, whole.
    """

    rows: int = 0
    sold: int = 0
    rejected: dict[Reason, Rejected] = field(default_factory=dict)
    _invoices: dict[str, _Invoice] = field(default_factory=dict)

    def add(self, sale: Sale) -> None:
        """Count a line of a sale."""
        self.rows += 1
        self.sold += 1
        invoice = self._invoices.setdefault(sale.invoice, _Invoice(sale.at))
        invoice.at = min(invoice.at, sale.at)
        invoice.units += sale.quantity
        invoice.pence += sale.quantity * sale.pence

    def reject(self, line: int, reason: Reason) -> None:
        """Count a row that is no sale."""
        self.rows += 1
        rejected = self.rejected.setdefault(reason, Rejected())
        rejected.rows += 1
        if len(rejected.first_lines) < _LINES_SHOWN:
            rejected.first_lines.append(line)

    @property
    def invoices(self) -> int:
        """How many invoices have a sold line."""
        return len(self._invoices)

    def days(self) -> Mapping[date, Day]:
        """The sums of each day on which anything was sold, in order."""
        days: dict[date, Day] = {}
        for invoice in sorted(self._invoices.values(), key=lambda invoice: invoice.at):
            day = invoice.at.date()
            days[day] = days.get(day, Day()) + Day(1, invoice.units, invoice.pence)
        return days
