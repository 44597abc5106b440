"""Running the timers of carts by hand."""

from datetime import timedelta

from cart.carts.use_cases.run_timers import ABANDONMENT, EXPIRY, DueCarts, Timer
from servicekit.testing import FixedClock
from servicekit.testing.polling import poll


async def run_timers(due: DueCarts) -> None:
    """Run both timers until nothing is due: a cart that somebody has locked to note a view is left for the next run."""
    for timer in (ABANDONMENT, EXPIRY):
        await _run(due, timer)


async def _run(due: DueCarts, timer: Timer) -> None:
    async def nothing_is_due() -> bool:
        await due.run(timer)
        return await due.run(timer, dry_run=True) == 0

    await poll(nothing_is_due)


class Time:
    """The shop's time: moved by hand, with its timers run at every stop."""

    def __init__(self, clock: FixedClock, due: DueCarts) -> None:
        self.clock, self.due = clock, due

    async def passes(self, span: timedelta) -> None:
        """Let time pass, and the timers fire."""
        self.clock.advance(span)
        await run_timers(self.due)
