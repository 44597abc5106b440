"""Running the timers of carts by hand."""

from cart.carts.use_cases.run_timers import ABANDONMENT, EXPIRY, DueCarts, Timer
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
