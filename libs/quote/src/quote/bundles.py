"""What bundles cost: the lines of each for one price, before any promotion.

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence

from contracts.money import MinorUnits, allocate
from contracts.value import value

from quote.basket import Basket
from quote.compiled import CompiledRules
from quote.errors import InvalidInput
from quote.inputs import BundleInput, QuoteContext
from quote.rounding import Rounding
from quote.versions import BUNDLES


@value
class Bundled:
    """What one bundle takes off: pairs of line index and amount, and what its lines cost by themselves."""

    bundle: BundleInput
    lines: list[tuple[int, int]]
    subtotal: MinorUnits

    @property
    def discount(self) -> int:
        """What is taken off its lines together."""
        return sum([amount for _, amount in self.lines])


def price_bundles(basket: Basket, rules: CompiledRules, context: QuoteContext) -> Sequence[Bundled]:
    """Every bundle of the context, by id; none for an engine that knows no bundles. Raises InvalidInput.

    What a bundle takes off is spread over its lines for one of it, by largest remainder, and is then taken as often as
    the bundle is there: half of a cart's bundles cost half.
    """
    if not context.bundles or rules.engine_version < BUNDLES:
        return ()
    members: dict[str, list[int]] = {bundle.id: [] for bundle in context.bundles}
    if len(members) < len(context.bundles):
        raise InvalidInput("two bundles have the same id")
    for index, line in enumerate(basket.lines):
        if line.bundle is not None and line.bundle not in members:
            raise InvalidInput(f"line {line.id}: there is no bundle {line.bundle}")
        if line.bundle is not None:
            members[line.bundle].append(index)
    ordered = sorted(context.bundles, key=lambda bundle: bundle.id)
    return [_bundled(bundle, members[bundle.id], basket, rules.rounding) for bundle in ordered]


def values_after(basket: Basket, bundles: Sequence[Bundled]) -> list[MinorUnits]:
    """What each line of the basket costs before promotions."""
    values = list(basket.subtotals)
    for bundled in bundles:
        for index, amount in bundled.lines:
            values[index] -= amount
    return values


def _bundled(bundle: BundleInput, members: Sequence[int], basket: Basket, rounding: Rounding) -> Bundled:
    _require_usable(bundle, members, basket)
    of_one = [basket.subtotals[index] // bundle.quantity for index in members]
    shares = allocate(_off_one(bundle, sum(of_one), rounding), of_one)
    lines = [(index, share * bundle.quantity) for index, share in zip(members, shares, strict=True) if share]
    return Bundled(bundle, lines, sum([basket.subtotals[index] for index in members]))


def _off_one(bundle: BundleInput, subtotal: int, rounding: Rounding) -> int:
    """What is taken off one of it: a part, rounded once, or what it costs less than its lines by themselves."""
    if bundle.price is None:
        return rounding.part(subtotal, bundle.basis_points, 10_000)
    return max(0, subtotal - bundle.price)


def _require_usable(bundle: BundleInput, members: Sequence[int], basket: Basket) -> None:
    amounts = [bundle.quantity, bundle.basis_points, *([] if bundle.price is None else [bundle.price])]
    if any(type(amount) is not int for amount in amounts):
        raise InvalidInput(f"bundle {bundle.id}: quantity, price and basis points must be integers")
    if bundle.quantity < 1 or (bundle.price or 0) < 0 or not 0 <= bundle.basis_points <= 10_000:
        raise InvalidInput(f"bundle {bundle.id}: {bundle.quantity} at {bundle.price}, less {bundle.basis_points}")
    if not members or any(basket.lines[index].quantity % bundle.quantity for index in members):
        raise InvalidInput(f"bundle {bundle.id}: each of its lines has as many pieces for each of it")
