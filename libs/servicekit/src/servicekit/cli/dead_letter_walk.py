"""How a walk through the dead letters is shown: a bar on a terminal, then one line."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from servicekit.messaging.dead_letter_walk import WalkCounts

BAR_AFTER_SECONDS = 2.0


class ShownWalk:
    """The newest counts of a walk, and a bar that follows them once the walk takes longer than a moment."""

    def __init__(self, bar: Progress, clock: Callable[[], float] = monotonic) -> None:
        self.counts: WalkCounts | None = None
        self._bar = bar
        self._clock = clock
        self._began = clock()
        self._task = bar.add_task("dead letters", total=None)

    def update(self, counts: WalkCounts) -> None:
        """Show how far the walk is."""
        self.counts = counts
        self._bar.update(self._task, completed=counts.walked, total=max(counts.total, counts.walked))
        if self._clock() - self._began >= BAR_AFTER_SECONDS:
            self._bar.start()


@contextmanager
def showing_walk() -> Generator[ShownWalk]:
    """Show a walk for as long as the block runs; nothing is shown where there is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    try:
        yield ShownWalk(bar)
    finally:
        bar.stop()


def sentence_of(counts: WalkCounts) -> str:
    """What a walk did, in one line: the replayed first, then each reason why others stay."""
    stay = {
        "skipped, not asked for": counts.skipped,
        "withheld, without a body": counts.withheld,
        "too old, failed more than 14 days ago": counts.too_old,
        "of a queue that is gone": counts.queue_gone,
    }
    reasons = "".join(f"; {count} {reason}" for reason, count in stay.items() if count)
    return f"replayed {counts.replayed} of {counts.walked} dead letters{reasons}"
