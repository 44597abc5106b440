"""The lines as the engine works on them: checked, in the order of their ids, with their sums.

Amounts are in minor units of the context's currency.
"""

from collections.abc import Sequence
from operator import attrgetter

from contracts.money import MinorUnits
from contracts.value import value

from quote.errors import InvalidInput
from quote.inputs import LineInput

_BY_ID = attrgetter("id")


@value
class Basket:
    """Lines by id, so that an index is also the tie-breaker of rules.md 3; `everything` is the index of every line."""

    lines: list[LineInput]
    subtotals: list[MinorUnits]
    subtotal: MinorUnits
    quantity: int
    everything: range


def fill(lines: Sequence[LineInput]) -> Basket:
    """Check the lines and sum them up. Raises InvalidInput."""
    ordered = sorted(lines, key=_BY_ID)
    if len({line.id for line in ordered}) < len(ordered):
        raise InvalidInput("two lines have the same id")
    subtotals = []
    for line in ordered:
        if type(line.quantity) is not int or type(line.unit_price) is not int:
            raise InvalidInput(f"line {line.id}: quantity and unit_price must be integers, not floats or truth values")
        if line.quantity < 1 or line.unit_price < 0:
            raise InvalidInput(f"line {line.id}: {line.quantity} at {line.unit_price}")
        subtotals.append(line.quantity * line.unit_price)
    return Basket(
        lines=ordered,
        subtotals=subtotals,
        subtotal=sum(subtotals),
        quantity=sum([line.quantity for line in ordered]),
        everything=range(len(ordered)),
    )
