"""What one sale teaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from contracts.cart import CompactLine

MAX_PAIRED = 40
"""Products of one sale that are paired: 780 pairs at most. A sale of hundreds says little about any two of them."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The quantities sold by product, and the pairs of products sold together; both in the order of their ids."""

    quantities: Sequence[tuple[UUID, int]]
    pairs: Sequence[tuple[UUID, UUID]]


def lesson_of(lines: Iterable[CompactLine]) -> Lesson:
    """Read a sale: each product counts once, however many variants of it were bought, each pair once, smaller id first.

    Of more than MAX_PAIRED products, those with the highest line totals are paired, the smaller id first among equals.
    """
    quantities: dict[UUID, int] = {}
    value: dict[UUID, int] = {}
    for line in lines:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
        value[line.product_id] = value.get(line.product_id, 0) + line.line_total
    paired = sorted(value, key=lambda product: (-value[product], product))[:MAX_PAIRED]
    return Lesson(sorted(quantities.items()), list(combinations(sorted(paired), 2)))
