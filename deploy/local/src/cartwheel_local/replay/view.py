"""What a person sees of a replay: a bar with the speed and the memory, and the report at the end."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cartwheel_local.reconciliation.figures import Figure, differing, figures_table
from cartwheel_local.replay.tally import Tally

_LINE_SECONDS = 5.0
"""How often a stage is told of where there is no terminal."""
_DAYS_SHOWN = 31
_PER_DAY = 3


class Stage(Protocol):
    """One stage under way."""

    def advance(self, count: int = 1) -> None:
        """So much more is done."""
        ...


class View:
    """Shows the stages of a replay, as bars in a terminal and as lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def stage(self, title: str, unit: str, total: int | None = None) -> Iterator[Stage]:
        """Show one stage for as long as the block runs; without a total it only counts."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[speed]}"),
        )
        with Progress(*columns, console=self.console, disable=not self.console.is_terminal) as bar:
            yield _Running(self.console, bar, title, unit, total)

    def rejected(self, tally: Tally) -> None:
        """Say what was read, and which rows are not sales and why."""
        self.console.print(f"{tally.rows:,} rows: {tally.sold:,} sold in {tally.invoices:,} invoices", highlight=False)
        if not tally.rejected:
            return
        table = Table("not a sale", "rows", "first lines", title_justify="left")
        for reason, rejected in sorted(tally.rejected.items()):
            table.add_row(reason.value, f"{rejected.rows:,}", ", ".join(map(str, rejected.first_lines)))
        self.console.print(table)

    def figures(self, figures: Sequence[Figure]) -> None:
        """Show the sums and each day; of a long file only the days that differ."""
        is_long = len(figures) > (_DAYS_SHOWN + 1) * _PER_DAY
        shown = [*figures[:_PER_DAY], *differing(figures[_PER_DAY:])] if is_long else figures
        title = f"{len(figures)} figures compared; revenue in pence"
        self.console.print(figures_table(shown, title=title, expected="the file", counted="analytics"))


class _Running:
    def __init__(self, console: Console, bar: Progress, title: str, unit: str, total: int | None) -> None:
        self._console, self._bar, self._title, self._unit, self._total = console, bar, title, unit, total
        self._task = bar.add_task(title, total=total, speed="")
        self._done, self._began = 0, time.monotonic()
        self._told = self._began
        self._process = psutil.Process()

    def advance(self, count: int = 1) -> None:
        self._done += count
        now = time.monotonic()
        is_last = self._done == self._total
        if self._console.is_terminal:
            self._bar.update(self._task, completed=self._done, speed=self._speed(now))
        elif is_last or now - self._told >= _LINE_SECONDS:
            self._told = now
            of_all = f" of {self._total:,}" if self._total is not None else ""
            text = f"{self._title}: {self._done:,}{of_all} {self._unit}, {self._speed(now)}"
            self._console.print(text, highlight=False)

    def _speed(self, now: float) -> str:
        rate = self._done / max(now - self._began, 0.001)
        return f"{rate:,.1f} {self._unit}/s, {self._process.memory_info().rss / 2**20:,.0f} MiB"
