"""What a person sees of the demo: a live table in a terminal, a line now and then elsewhere."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from simulator.demo.ledger import Ledger
from simulator.demo.sent_mails import SentMails

_LINE_SECONDS: Final = 5.0
_STATES: Final = ("ACTIVE", "ABANDONED", "CONVERTED", "MERGED")


@dataclass(slots=True)
class View:
    """Shows the run as it is now; `shoppers` is how many there will be, `done` how many have gone home."""

    console: Console
    ledger: Ledger
    mails: SentMails
    shoppers: int
    done: int = 0
    events: int = 0
    events_per_second: float = 0.0
    depths: dict[str, int] = field(default_factory=dict)
    doing: str = "Shopping"
    _began: float = field(default_factory=time.monotonic)
    _last_line: float = 0.0
    _events_at: float = 0.0

    def live(self) -> Live:
        """The table for as long as a block runs; it draws nothing where there is no terminal."""
        return Live(
            get_renderable=self._table,
            console=self.console,
            refresh_per_second=4,
            auto_refresh=self.console.is_terminal,
            transient=not self.console.is_terminal,
        )

    def observe(self, events: int, depths: dict[str, int]) -> None:
        """Take what the monitor observed, and write a line where there is no terminal."""
        now = time.monotonic()
        if self._events_at:
            self.events_per_second = (events - self.events) / (now - self._events_at)
        self.events, self.depths, self._events_at = events, depths, now
        if not self.console.is_terminal and now - self._last_line >= _LINE_SECONDS:
            self._last_line = now
            self.console.print(self._line(), highlight=False, soft_wrap=True)

    def _line(self) -> str:
        states = self._states()
        carts = ", ".join(f"{states[state]} {state.lower()}" for state in _STATES)
        return (
            f"{self.doing} ({self._elapsed():.0f} s): {self.done} of {self.shoppers} shoppers done; carts: {carts};"
            f" {self._recovered()} recovered; {self.events:,} events ({self.events_per_second:,.0f}/s),"
            f" {self.mails.count} mails, {sum(self.depths.values())} messages waiting; {self._revenue()}"
        )

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 2))
        states = self._states()
        carts = "  ".join(f"{states[state]} {state.lower()}" for state in _STATES)
        waiting = "  ".join(f"{name} {count}" for name, count in self.depths.items() if count) or "nothing"
        for name, value in (
            (self.doing, f"{self.done} of {self.shoppers} shoppers done, {self._elapsed():.0f} s"),
            ("Carts", carts),
            ("Recovered", f"{self._recovered()} of {sum(note.abandoned for note in self.ledger.carts)} abandoned"),
            ("Revenue", self._revenue()),
            ("Mails", f"{self.mails.count} sent, {self.ledger.clicks} clicked"),
            ("Events", f"{self.events:,} counted, {self.events_per_second:,.0f} a second"),
            ("Waiting in queues", waiting),
        ):
            table.add_row(Text(name, "bold"), value)
        return Group(table, ProgressBar(total=self.shoppers, completed=self.done))

    def _states(self) -> Counter[str]:
        return Counter(note.status for note in self.ledger.carts)

    def _recovered(self) -> int:
        return sum(note.restored and note.status == "CONVERTED" for note in self.ledger.carts)

    def _revenue(self) -> str:
        sums: Counter[str] = Counter()
        for note in self.ledger.carts:
            if note.status == "CONVERTED":
                sums[note.currency] += note.total
        return (
            "  ".join(f"{currency} {total // 100:,}.{total % 100:02}" for currency, total in sorted(sums.items()))
            or "none yet"
        )

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
