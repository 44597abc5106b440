"""What a person sees in the terminal: one line per step, how long it took, and on failure the end of the right log."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localservers.errors import LocalStackError, StepFailed
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

LOG_LINES = 25


class ConsoleReporter:
    """Shows steps as they run at the same time; without a terminal each step is one line when it ends."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console()
        self._steps: dict[str, tuple[float, float | None, bool]] = {}
        self._live: Live | None = None

    @contextmanager
    def showing(self) -> Iterator[None]:
        """Keep the list of steps on the screen while the block runs."""
        if not self.console.is_terminal:
            yield
            return
        with Live(get_renderable=self._table, console=self.console, refresh_per_second=10) as self._live:
            yield

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show one step for as long as the block runs, as done or as failed afterwards."""
        started = time.monotonic()
        self._steps[title] = (started, None, True)
        succeeded = False
        try:
            yield
            succeeded = True
        finally:
            self._end(title, started, succeeded)

    def failure(self, error: LocalStackError) -> None:
        """Say what went wrong, with the last lines of its log when it has one."""
        self.console.print(f"[red]✗[/] {escape(str(error))}", highlight=False)
        if isinstance(error, StepFailed) and error.log is not None:
            self.console.print(f"  the last lines of {error.log}:", style="dim", highlight=False)
            for line in last_lines(error.log):
                self.console.print(Text(f"  │ {line}"), soft_wrap=True)

    def _end(self, title: str, started: float, succeeded: bool) -> None:
        ended = time.monotonic()
        self._steps[title] = (started, ended, succeeded)
        if not self.console.is_terminal:
            self.console.print(f"{'✓' if succeeded else '✗'} {title} ({ended - started:.1f} s)", highlight=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for title, (started, ended, succeeded) in self._steps.items():
            sign = Spinner("dots") if ended is None else Text("✓", "green") if succeeded else Text("✗", "red")
            seconds = (ended or time.monotonic()) - started
            table.add_row(sign, title, Text(f"{seconds:5.1f} s", "dim"))
        return table


def last_lines(path: Path, count: int = LOG_LINES) -> list[str]:
    """Return the last lines of a log; a missing one has none."""
    try:
        with path.open(errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, maxlen=count)]
    except FileNotFoundError:
        return []
