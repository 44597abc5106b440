"""Progress of long work: a bar in a terminal, a line now and then elsewhere; with the speed and the memory in use."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_LINE_SECONDS = 5.0
"""How often a stage writes a line where there is no terminal."""


class Stage:
    """One stage under way; without a total it only counts."""

    def __init__(self, console: Console, bar: Progress, title: str, counted: str, total: int | None) -> None:
        self._console, self._bar, self._title, self._counted, self._total = console, bar, title, counted, total
        self._task = bar.add_task(title, total=total, speed="")
        self._done, self._began = 0, time.monotonic()
        self._last_line = self._began
        self._process = psutil.Process()

    def advance(self, count: int = 1) -> None:
        """So much more is done."""
        self._done += count
        now = time.monotonic()
        is_last = self._done == self._total
        if self._console.is_terminal:
            self._bar.update(self._task, completed=self._done, speed=self._speed(now))
        elif is_last or now - self._last_line >= _LINE_SECONDS:
            self._last_line = now
            of_all = f" of {self._total:,}" if self._total is not None else ""
            text = f"{self._title}: {self._done:,}{of_all} {self._counted}, {self._speed(now)}"
            self._console.print(text, highlight=False, soft_wrap=True)

    def _speed(self, now: float) -> str:
        rate = self._done / max(now - self._began, 0.001)
        return f"{rate:,.1f} {self._counted}/s, {self._process.memory_info().rss / 2**20:,.0f} MiB"


@contextmanager
def stage(console: Console, title: str, counted: str, total: int | None = None) -> Iterator[Stage]:
    """Show one stage for as long as the block runs; `counted` names what it advances by, such as "products"."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[speed]}"),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        yield Stage(console, bar, title, counted, total)


@contextmanager
def step(console: Console, title: str) -> Iterator[None]:
    """Show one thing that is done at once: a spinner while the block runs, a line when it ends."""
    began = time.monotonic()
    mark = "[red]✗[/]"
    try:
        with console.status(title):
            yield
        mark = "[green]✓[/]"
    finally:
        console.print(f"{mark} {title} ({time.monotonic() - began:.1f} s)", highlight=False)
