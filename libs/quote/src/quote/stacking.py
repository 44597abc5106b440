"""Which promotions stand together: all lanes, or one exclusive promotion alone (rules.md 22)."""

from collections.abc import Callable, Sequence

from quote.eligibility import Verdict
from quote.lanes import Deal, run_lanes
from quote.result import Reason
from quote.shipping import Carriage


def strike_deal(
    eligible: Sequence[Verdict],
    fresh: Callable[[], Deal],
    carriage_for: Callable[[int], Carriage | None],
    *,
    best_deal: bool,
) -> Deal:
    """Price the promotions that may apply, given in their order, and return the deal that counts.

    An exclusive one stands alone; of several the cheapest for the shopper does (ties by priority, then id). With
    `best_deal` it must also be at least as cheap as the stack without it. The deal's losses name all others.
    """
    exclusives = [verdict for verdict in eligible if verdict.promotion.exclusive]
    if not exclusives:
        return run_lanes(eligible, fresh(), carriage_for)
    alone = [run_lanes([verdict], fresh(), carriage_for) for verdict in exclusives]
    best = min(range(len(alone)), key=lambda position: (alone[position].payable, exclusives[position].promotion.tie))
    if best_deal:
        stack = run_lanes([verdict for verdict in eligible if not verdict.promotion.exclusive], fresh(), carriage_for)
        if stack.payable < alone[best].payable:
            stack.losses.update((verdict.promotion, Reason.STACK_IS_BETTER) for verdict in exclusives)
            return stack
    for verdict in eligible:
        if verdict is not exclusives[best]:
            beaten = verdict.promotion.exclusive
            alone[best].losses[verdict.promotion] = Reason.BEATEN_IN_LANE if beaten else Reason.EXCLUSIVE_STANDS_ALONE
    return alone[best]
