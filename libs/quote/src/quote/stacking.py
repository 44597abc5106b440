"""Which promotions stand together: all lanes, or one exclusive promotion alone (rules.md 22)."""

from collections.abc import Sequence

from quote.eligibility import Verdict
from quote.lanes import Deal, Taking, Terms, run_lanes
from quote.promotion import Stage
from quote.result import Reason
from quote.versions import IDLE_EXCLUSIVES_STEP_ASIDE


def strike_deal(eligible: Sequence[Verdict], terms: Terms, *, best_deal: bool) -> Deal:
    """Price the promotions that may apply, given in their order, and return the deal that counts.

    An exclusive one stands alone, if it takes anything off; of several the cheapest for the shopper does (ties by
    priority, then id). With `best_deal` it must also be at least as cheap as the stack without it. The deal's losses
    name all others.
    """
    alone = [(verdict, run_lanes([verdict], terms)) for verdict in eligible if verdict.promotion.exclusive]
    idle = [verdict for verdict, deal in alone if deal.is_idle and deal.engine_version >= IDLE_EXCLUSIVES_STEP_ASIDE]
    standing = [(verdict, deal) for verdict, deal in alone if verdict not in idle]
    if not standing:
        return _stack(eligible, terms, idle)
    winner, best = min(standing, key=lambda pair: (terms.payable(pair[1]), pair[0].promotion.tie))
    if best_deal:
        stack = _stack(eligible, terms, idle)
        if terms.payable(stack) < terms.payable(best):
            stack.losses.update((verdict.promotion, Reason.STACK_IS_BETTER) for verdict, _ in standing)
            return stack
    for verdict in eligible:
        if verdict is not winner:
            beaten = verdict.promotion.exclusive
            best.losses[verdict.promotion] = Reason.BEATEN_IN_LANE if beaten else Reason.EXCLUSIVE_STANDS_ALONE
    return best


def _stack(eligible: Sequence[Verdict], terms: Terms, idle: Sequence[Verdict]) -> Deal:
    """All that are not exclusive. Of the exclusive ones that take nothing off, one on shipping is kept as a promise.

    It is while nobody knows yet where to ship: then a code that will help later is not one that is rejected.
    """
    deal = run_lanes([verdict for verdict in eligible if not verdict.promotion.exclusive], terms)
    for verdict in idle:
        if deal.carriage is None and verdict.promotion.stage is Stage.SHIPPING:
            deal.takings.append(Taking(verdict.promotion, []))
        else:
            deal.losses[verdict.promotion] = Reason.NO_EFFECT
    return deal
