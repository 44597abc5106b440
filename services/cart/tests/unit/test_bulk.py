"""Several operations as one are what they are one by one, over carts that nobody thought of."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import timedelta

import pytest
from cart import errors
from cart.carts.domain.bulk import AddLine, ChangeLines, Operation, RemoveLine, SetLine
from cart.carts.domain.cart import Cart
from hypothesis import given
from hypothesis import strategies as st

from ..building import NOW, by, cart, line, site, variant, want

MAX_QUANTITY, MAX_LINES = 20, 4
LATER = NOW + timedelta(minutes=1)
VARIANTS = {variant(number).product_id: [variant(number, available=15)] for number in range(6)}

steps = st.lists(
    st.tuples(st.sampled_from(["add", "set", "remove"]), st.integers(0, 5), st.integers(1, 12)), min_size=1, max_size=8
)
quantities = st.dictionaries(st.integers(0, 5), st.integers(1, 15), max_size=MAX_LINES)


def operations_of(drawn: Sequence[tuple[str, int, int]], mine: Cart) -> tuple[Operation, ...]:
    """The operations that these steps mean on this cart; lines are named by their place in it.

    A line that was removed is not named again: added anew it is the same line in a bulk, and another one otherwise.
    """
    made: list[Operation] = []
    there = {place: line.id for place, line in enumerate(mine.lines)}
    for step, number, quantity in drawn:
        if step == "add":
            made.append(AddLine(want(variant(number), quantity)))
        elif step == "set" and number in there:
            made.append(SetLine(there[number], quantity))
        elif step == "remove" and number in there:
            made.append(RemoveLine(there.pop(number)))
    return tuple(made)


def one_by_one(mine: Cart, operations: Sequence[Operation]) -> int | None:
    """Do each as a change of its own; the place of the first that is refused."""
    for place, operation in enumerate(operations):
        try:
            match operation:
                case AddLine(wanted):
                    mine.add_item(wanted, by(*VARIANTS[wanted.product_id], now=LATER))
                case SetLine(line_id, quantity):
                    mine.set_quantity(line_id, quantity, by(now=LATER))
                case RemoveLine(line_id):
                    mine.remove_item(line_id, by(now=LATER))
        except errors.CartError:
            return place
    return None


@given(quantities, steps)
def test_all_at_once_is_one_after_the_other(lines: dict[int, int], drawn: list[tuple[str, int, int]]) -> None:
    """The same quantities and prices, in one version more; or refused at the same place."""
    made = [line(variant(number, available=15), quantity) for number, quantity in lines.items()]
    singly = cart(*made, rules=site(max_quantity=MAX_QUANTITY, max_lines=MAX_LINES))
    at_once = deepcopy(singly)
    operations = operations_of(drawn, singly)
    if not operations:
        return
    refused_at = one_by_one(singly, operations)

    if refused_at is not None:
        with pytest.raises(errors.CartError) as refusal:
            ChangeLines(operations, VARIANTS).apply(at_once, by(now=LATER))
        assert refusal.value.extra["operation"] == refused_at
        return
    done = ChangeLines(operations, VARIANTS).apply(at_once, by(now=LATER))

    assert {one.sku: (one.quantity, one.unit_price) for one in at_once.lines} == {
        one.sku: (one.quantity, one.unit_price) for one in singly.lines
    }
    assert (at_once.version, len(at_once.recorded), len(at_once.activity)) == (at_once.saved_version + 1, 1, 1)
    assert done.quantity_delta == sum(one.quantity for one in at_once.lines) - sum(lines.values())
    kept = {one.id for one in at_once.lines}
    assert not kept & at_once.removed
    assert kept - {one.id for one in made} <= at_once.touched
