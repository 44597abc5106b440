"""The pure rules of stock: what may be set, and where an order's stock comes from (rules.md 17, 19)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inventory.errors import BelowHeld
from inventory.stock.domain import Level, adjusted, take

MUG, MAIN = UUID(int=1), UUID(int=2)

levels = st.lists(
    st.builds(
        Level,
        variant_id=st.just(MUG),
        warehouse_id=st.uuids(version=4),
        on_hand=st.integers(-20, 100),
        held=st.integers(0, 50),
        safety=st.integers(0, 10),
    ),
    min_size=1,
    max_size=4,
)


@given(levels, st.integers(1, 300), st.booleans())
def test_taking_never_touches_what_others_hold(rows: list[Level], quantity: int, backorderable: bool) -> None:
    """What is taken and what is missing is what was ordered; only a backorder goes below what is free."""
    taken = take(rows, quantity, backorderable=backorderable)

    amounts = {move.warehouse_id: -move.on_hand for move in taken.moves}
    assert sum(amounts.values()) + taken.missing == quantity
    assert all(amount > 0 for amount in amounts.values())
    if backorderable:
        assert taken.missing == 0
    else:
        assert all(amounts.get(row.warehouse_id, 0) <= row.free for row in rows)
        assert taken.missing == max(quantity - sum(row.free for row in rows), 0)


def test_stock_is_taken_in_the_order_of_priority() -> None:
    """The first warehouse is emptied before the second is asked."""
    near, far = Level(MUG, UUID(int=3), 5, 1, 0), Level(MUG, UUID(int=4), 9, 0, 0)

    assert [-move.on_hand for move in take([near, far], 6, backorderable=False).moves] == [4, 2]


@pytest.mark.parametrize(("delta", "on_hand"), [(-7, None), (None, 3)])
def test_stock_is_not_set_below_what_is_held(delta: int | None, on_hand: int | None) -> None:
    """Open checkouts keep what they have; the refusal says how much that is."""
    with pytest.raises(BelowHeld) as refusal:
        adjusted(Level(MUG, MAIN, 10, 4, 0), delta=delta, on_hand=on_hand, backorderable=False)

    assert refusal.value.extra["held"] == 4


def test_a_backorder_may_be_worked_off_step_by_step() -> None:
    """A variant that owes stock may rise to a number that is still below what is held, but not fall further."""
    owing = Level(MUG, MAIN, -5, 4, 0)

    assert adjusted(owing, delta=3, on_hand=None, backorderable=True) == -2
    with pytest.raises(BelowHeld):
        adjusted(owing, delta=-1, on_hand=None, backorderable=True)
