"""Why a quote is what it is: ordered steps, the engine's version and a hash of the inputs (rules.md 5).

Amounts are in minor units of the context's currency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from contracts.money import MinorUnits

from quote.assembly import assemble
from quote.bundles import Bundled
from quote.compiled import CompiledRules
from quote.inputs import LineInput, QuoteContext
from quote.invariants import check
from quote.lanes import Taking
from quote.priced import Priced, Taxed, price
from quote.promotion import CompiledPromotion, Stage
from quote.record import hash_inputs, record_inputs
from quote.result import Quote, Reason

SHIPPING = "shipping"
ORDER = "order"


class StepKind(StrEnum):
    """What a step did."""

    PRICE = "PRICE"
    BUNDLE = "BUNDLE"
    PROMOTION = "PROMOTION"
    SHIPPING = "SHIPPING"
    TAX = "TAX"
    GIFT_CARD = "GIFT_CARD"
    POINTS = "POINTS"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule at work on one target: a line's id, "shipping" or "order"; `before` and `after` are the target's value.

    `amount` is what the rule came to: it is not the difference for a tax that the price contains. A promotion or bundle
    that takes nothing off has a `reason`, the target "order" and changes nothing.
    """

    kind: StepKind
    rule_id: UUID | None
    name: str
    target: str
    before: int
    after: int
    amount: MinorUnits
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A quote with its reasons. `inputs` replays it (`replay`); it holds codes and a place, so it belongs in no log."""

    quote: Quote
    engine_version: int
    inputs: str
    inputs_hash: str
    steps: tuple[Step, ...]


def explain(lines: Sequence[LineInput], rules: CompiledRules, context: QuoteContext) -> Explanation:
    """The quote that `quote` gives, with its steps; raises what `quote` raises. Dearer: only for who asks."""
    priced = price(lines, rules, context, every_promotion=True)
    quoted = assemble(priced, lines)
    check(quoted)
    inputs = record_inputs(lines, rules.rule_set, context)
    return Explanation(
        quote=quoted,
        engine_version=quoted.engine_version,
        inputs=inputs,
        inputs_hash=hash_inputs(inputs),
        steps=tuple(_Narrator(priced, quoted).steps()),
    )


@dataclass(slots=True)
class _Narrator:
    """Retells a record, keeping the running value of every target."""

    priced: Priced
    quoted: Quote
    values: dict[str, MinorUnits] = field(default_factory=dict)

    def steps(self) -> Iterator[Step]:
        yield from self._prices()
        for bundled in self.priced.bundles:
            yield from self._bundle(bundled)
        yield from self._promotions(shipping=False)
        yield from self._carriage()
        yield from self._promotions(shipping=True)
        yield from self._taxes()
        yield from self._payments()

    def _prices(self) -> Iterator[Step]:
        for line, subtotal in zip(self.priced.basket.lines, self.priced.basket.subtotals, strict=True):
            yield self._step(StepKind.PRICE, None, f"{line.quantity} x {line.unit_price}", line.id, subtotal)

    def _bundle(self, bundled: Bundled) -> Iterator[Step]:
        """What it takes off each line; one that would cost more than its lines by themselves takes nothing off."""
        bundle = bundled.bundle
        for index, amount in bundled.lines:
            target = self.priced.basket.lines[index].id
            yield self._step(StepKind.BUNDLE, bundle.bundle_id, bundle.name, target, -amount)
        if not bundled.lines:
            now = sum(self.values.values())
            yield Step(StepKind.BUNDLE, bundle.bundle_id, bundle.name, ORDER, now, now, 0, Reason.NO_EFFECT)

    def _promotions(self, *, shipping: bool) -> Iterator[Step]:
        takings = {taking.promotion: taking for taking in self.priced.deal.takings}
        for verdict in self.priced.verdicts:
            promotion = verdict.promotion
            if (promotion.stage is Stage.SHIPPING) is not shipping:
                continue
            if promotion in takings:
                yield from self._taken(takings[promotion])
            else:
                yield self._refused(promotion, verdict.reason or self.priced.deal.losses[promotion])

    def _taken(self, taking: Taking) -> Iterator[Step]:
        promotion = taking.promotion
        for index, amount in taking.lines:
            target = self.priced.basket.lines[index].id
            yield self._step(StepKind.PROMOTION, promotion.id, promotion.name, target, -amount)
        if not taking.lines:
            yield self._step(StepKind.PROMOTION, promotion.id, promotion.name, SHIPPING, -taking.shipping)

    def _refused(self, promotion: CompiledPromotion, reason: Reason) -> Step:
        now = sum(self.values.values())
        return Step(StepKind.PROMOTION, promotion.id, promotion.name, ORDER, now, now, 0, reason)

    def _carriage(self) -> Iterator[Step]:
        carriage = self.priced.deal.carriage
        if carriage is not None:
            yield self._step(StepKind.SHIPPING, carriage.rule.id, carriage.rule.name, SHIPPING, carriage.charge)

    def _taxes(self) -> Iterator[Step]:
        for line, taxed in zip(self.priced.basket.lines, self.priced.taxed, strict=True):
            yield from self._tax_on(line.id, taxed)
        yield from self._tax_on(SHIPPING, self.priced.taxed_shipping)

    def _tax_on(self, target: str, taxed: Taxed) -> Iterator[Step]:
        """Tax on top raises the target, contained tax does not, exempted tax lowers it; stacked rates are one step."""
        contained = self.priced.rules.tax_inclusive and not taxed.exempted
        sign = -1 if taxed.exempted else 1
        if taxed.plan.rates:
            rates = taxed.plan.rates
            name, rule_id = " + ".join(rate.name for rate in rates), rates[0].id if len(rates) == 1 else None
            amount = sign * (taxed.tax + taxed.exempted)
            yield self._step(StepKind.TAX, rule_id, name, target, amount, moves=not contained)

    def _payments(self) -> Iterator[Step]:
        totals = self.quoted.totals
        due = totals.total + totals.gift_card_total + totals.points_total
        self.values = {ORDER: due}
        if totals.gift_card_total:
            yield self._step(StepKind.GIFT_CARD, None, "Gift cards", ORDER, -totals.gift_card_total)
        if totals.points_total:
            yield self._step(StepKind.POINTS, None, "Points", ORDER, -totals.points_total)

    def _step(
        self, kind: StepKind, rule_id: UUID | None, name: str, target: str, change: int, *, moves: bool = True
    ) -> Step:
        before = self.values.get(target, 0)
        self.values[target] = after = before + (change if moves else 0)
        return Step(kind, rule_id, name, target, before, after, change)
