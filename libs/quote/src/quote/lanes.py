"""One lane at a time: the promotion that is best for the shopper wins and takes its discount (rules.md 3, 22)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

from contracts.money import MinorUnits, allocate
from contracts.value import value

from quote.basket import Basket
from quote.eligibility import Verdict
from quote.promotion import CompiledPromotion, Stage
from quote.result import Reason
from quote.rounding import Rounding
from quote.shipping import Carriage
from quote.versions import SHIPPING_TIES_BY_PRIORITY

_LANE = attrgetter("promotion.lane")


@value
class Taking:
    """What one promotion took off: pairs of line index and amount, or an amount off shipping."""

    promotion: CompiledPromotion
    lines: list[tuple[int, int]]
    shipping: int = 0


@dataclass(slots=True)
class Deal:
    """The state that lanes work on: what each line and the carriage still cost, who took what, who lost and why."""

    basket: Basket
    rounding: Rounding
    currency: str
    engine_version: int
    values: list[MinorUnits]
    carriage: Carriage | None = None
    carriage_left: int = 0
    takings: list[Taking] = field(default_factory=list)
    losses: dict[CompiledPromotion, Reason] = field(default_factory=dict)

    def copy(self) -> "Deal":
        """Another deal that is as far as this one."""
        return replace(self, values=list(self.values), takings=list(self.takings), losses=dict(self.losses))

    @property
    def before_tax(self) -> int:
        """Goods and carriage before tax."""
        return sum(self.values) + self.carriage_left

    @property
    def is_idle(self) -> bool:
        """Whether nothing was taken off anything."""
        return not any(taking.shipping or taking.lines for taking in self.takings)


@value
class Terms:
    """What every deal for one cart is struck under: how it begins, which ways to ship there are, and what they cost."""

    fresh: Callable[[], Deal]
    carriages: Callable[[int], Sequence[Carriage]]
    """Those to choose from when the goods come to this, by id."""
    cost_of_shipping: Callable[[Carriage, int], int]
    """What is paid for a way to ship of which so much is left after discounts."""
    payable: Callable[[Deal], int]
    """What two deals are compared by."""


def run_lanes(verdicts: Sequence[Verdict], terms: Terms) -> Deal:
    """Run eligible promotions, given in their order, lane by lane; shipping is chosen once the goods are priced."""
    deal = terms.fresh()
    goods = [verdict for verdict in verdicts if verdict.promotion.stage is not Stage.SHIPPING]
    for lane, contenders in groupby(goods, key=_LANE):
        run = _run_item_lane if lane[0] is Stage.ITEM else _run_cart_lane
        run(list(contenders), deal)
    shipping = verdicts[len(goods) :]
    carriages = terms.carriages(sum(deal.values))
    if len(carriages) < 2:
        return _shipped(deal, carriages[0] if carriages else None, shipping)
    if not shipping:
        return _shipped(deal, min(carriages, key=lambda way: terms.cost_of_shipping(way, way.charge)), ())
    ways = [_shipped(deal.copy(), carriage, shipping) for carriage in carriages]
    return min(ways, key=lambda way: terms.cost_of_shipping(_way(way), way.carriage_left))


def _shipped(deal: Deal, carriage: Carriage | None, verdicts: Sequence[Verdict]) -> Deal:
    """The deal with this way to ship and the promotions on it."""
    deal.carriage, deal.carriage_left = carriage, carriage.charge if carriage else 0
    for _, contenders in groupby(verdicts, key=_LANE):
        _run_shipping_lane(list(contenders), deal)
    return deal


def _way(deal: Deal) -> Carriage:
    assert deal.carriage is not None  # noqa: S101  # made with one above
    return deal.carriage


def _run_item_lane(contenders: Sequence[Verdict], deal: Deal) -> None:
    """Each line takes its own best promotion; a tie goes to the one that comes first."""
    if len(contenders) == 1:
        _run_alone(contenders[0], deal)
        return
    best = _best_by_line(contenders, deal)
    won: dict[CompiledPromotion, list[tuple[int, int]]] = {}
    for index in sorted(best):
        amount, winner = best[index]
        won.setdefault(winner, []).append((index, amount))
    for verdict in contenders:
        if verdict.promotion in won:
            _take_off_lines(verdict.promotion, won[verdict.promotion], deal)
        else:
            beaten = any(index in best for index in verdict.covered)
            deal.losses[verdict.promotion] = Reason.BEATEN_IN_LANE if beaten else Reason.NO_EFFECT


def _run_alone(verdict: Verdict, deal: Deal) -> None:
    """What an item lane comes to where nobody contends: most do."""
    promotion = verdict.promotion
    lines = [(index, amount) for index in verdict.covered if (amount := _off_line(promotion, index, deal)) > 0]
    if lines:
        _take_off_lines(promotion, lines, deal)
    else:
        deal.losses[promotion] = Reason.NO_EFFECT


def _best_by_line(contenders: Sequence[Verdict], deal: Deal) -> dict[int, tuple[int, CompiledPromotion]]:
    """The largest discount above zero on each line, and whose it is."""
    best: dict[int, tuple[int, CompiledPromotion]] = {}
    for verdict in contenders:
        for index in verdict.covered:
            amount = _off_line(verdict.promotion, index, deal)
            if amount > (best[index][0] if index in best else 0):
                best[index] = (amount, verdict.promotion)
    return best


def _run_cart_lane(contenders: Sequence[Verdict], deal: Deal) -> None:
    """The largest discount wins and is spread over the lines it covers by largest remainder (rules.md 3).

    It is at most their sum and spread by their values, so no share can pass its line's value.
    """
    offers = [_off_sum(verdict.promotion, sum(_values(verdict.covered, deal)), deal) for verdict in contenders]
    winner = offers.index(max(offers))
    for position, verdict in enumerate(contenders):
        if offers[position] == 0:
            deal.losses[verdict.promotion] = Reason.NO_EFFECT
        elif position != winner:
            deal.losses[verdict.promotion] = Reason.BEATEN_IN_LANE
    if offers[winner]:
        covered = contenders[winner].covered
        shares = allocate(offers[winner], _values(covered, deal))
        _take_off_lines(
            contenders[winner].promotion, [pair for pair in zip(covered, shares, strict=True) if pair[1]], deal
        )


def _run_shipping_lane(contenders: Sequence[Verdict], deal: Deal) -> None:
    """The largest discount on the carriage wins, even at 0: a promise for when there is something to ship."""
    offers = [_off_sum(verdict.promotion, deal.carriage_left, deal) for verdict in contenders]
    winner = _best_on_shipping(contenders, offers, deal.engine_version)
    for position, verdict in enumerate(contenders):
        if position != winner:
            deal.losses[verdict.promotion] = Reason.BEATEN_IN_LANE
    deal.takings.append(Taking(contenders[winner].promotion, [], offers[winner]))
    deal.carriage_left -= offers[winner]


def _best_on_shipping(contenders: Sequence[Verdict], offers: Sequence[int], engine_version: int) -> int:
    """The position of the largest offer; a tie goes by priority, and by their order, free shipping first, at 0."""
    most = max(offers)
    first = offers.index(most)
    if not most or engine_version < SHIPPING_TIES_BY_PRIORITY:
        return first
    equal = [position for position, offer in enumerate(offers) if offer == most]
    return min(equal, key=lambda position: contenders[position].promotion.tie)


def _take_off_lines(promotion: CompiledPromotion, lines: list[tuple[int, int]], deal: Deal) -> None:
    deal.takings.append(Taking(promotion, lines))
    for index, amount in lines:
        deal.values[index] -= amount


def _values(covered: Sequence[int], deal: Deal) -> Sequence[int]:
    """What the covered lines still cost."""
    return deal.values if covered is deal.basket.everything else [deal.values[index] for index in covered]


def _off_line(promotion: CompiledPromotion, index: int, deal: Deal) -> int:
    """A percentage of the line, or the fixed amount off each piece, never more than what a piece still costs."""
    value, pieces = deal.values[index], deal.basket.lines[index].quantity
    if promotion.basis_points is not None:
        return deal.rounding.part_of_line(value, pieces, promotion.basis_points, 10_000)
    cheaper, dearer = divmod(value, pieces)
    amount = promotion.amounts[deal.currency]
    return (pieces - dearer) * min(amount, cheaper) + dearer * min(amount, cheaper + 1)


def _off_sum(promotion: CompiledPromotion, value: int, deal: Deal) -> int:
    """A percentage of a sum, the fixed amount once, or all of it; never more than the sum."""
    if promotion.free_shipping:
        return value
    if promotion.basis_points is not None:
        return deal.rounding.part(value, promotion.basis_points, 10_000)
    return min(promotion.amounts[deal.currency], value)
