"""Progress of long work: a bar in a terminal, a line now and then elsewhere; with the speed and the memory in use."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_LINE_SECONDS = 5.0
"""How often a stage is told of where there is no terminal."""


class Stage:
    """One stage under way; without a total it only counts."""

    def __init__(self, console: Console, bar: Progress, title: str, unit: str, total: int | None) -> None:
        self._console, self._bar, self._title, self._unit, self._total = console, bar, title, unit, total
        self._task = bar.add_task(title, total=total, speed="")
        self._done, self._began = 0, time.monotonic()
        self._told = self._began
        self._process = psutil.Process()

    def advance(self, count: int = 1) -> None:
        """So much more is done."""
        self._done += count
        now = time.monotonic()
        is_last = self._done == self._total
        if self._console.is_terminal:
            self._bar.update(self._task, completed=self._done, speed=self._speed(now))
        elif is_last or now - self._told >= _LINE_SECONDS:
            self._told = now
            of_all = f" of {self._total:,}" if self._total is not None else ""
            text = f"{self._title}: {self._done:,}{of_all} {self._unit}, {self._speed(now)}"
            self._console.print(text, highlight=False, soft_wrap=True)

    def _speed(self, now: float) -> str:
        rate = self._done / max(now - self._began, 0.001)
        return f"{rate:,.1f} {self._unit}/s, {self._process.memory_info().rss / 2**20:,.0f} MiB"


@contextmanager
def stage(console: Console, title: str, unit: str, total: int | None = None) -> Iterator[Stage]:
    """Show one stage for as long as the block runs."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield Stage(console, bar, title, unit, total)
