"""How a cart moves between its states, without a database (rules.md 12, 13, 16)."""

from datetime import timedelta
from typing import Any

import pytest
from cart import errors
from cart.carts.domain.records import Reactivated
from cart.carts.domain.timing import MIN_RECHECK
from contracts.cart_calls import OrderedLine
from hypothesis import given
from hypothesis import strategies as st
from servicekit.ids import new_id

from ..building import NOW, by, cart, line, site, variant

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("idle", "status", "lines", "due"),
    [
        (HOUR, "ACTIVE", 1, True),
        (HOUR - timedelta(microseconds=1), "ACTIVE", 1, False),
        (2 * HOUR, "ACTIVE", 0, False),
        (2 * HOUR, "ABANDONED", 1, False),
        (2 * HOUR, "CONVERTED", 1, False),
    ],
)
def test_who_is_idle_for_the_threshold_with_lines_is_abandoned(
    idle: timedelta, status: Any, lines: int, due: bool
) -> None:
    """To the microsecond; an empty cart never, and none twice (rules.md 13)."""
    mine = cart(*([line(variant(1))] * lines))
    mine.status = status

    assert mine.is_abandoned(NOW + idle) is due


@given(st.integers(1, 7200), st.integers(0, 10_000), st.booleans())
def test_the_next_look_is_never_late_and_always_later(threshold: int, idle: int, filled: bool) -> None:
    """A cart found early is looked at no later than it can be due, and never at once again; an empty one not at all."""
    mine = cart(*([line(variant(1))] if filled else []), rules=site(abandonment=timedelta(seconds=threshold)))
    now = NOW + timedelta(seconds=idle)

    mine.check_later(now)

    due = mine.last_activity_at + mine.site.abandonment
    assert mine.check_at == (max(due, now + MIN_RECHECK) if filled else None)


def test_reactivating_ends_the_abandonment_and_only_an_abandoned_cart_is_reactivated() -> None:
    """A new idle period gets a new one."""
    mine, abandonment = cart(line(variant(1))), new_id()

    mine.reactivate(by())
    untouched = (mine.version, list(mine.recorded))
    mine.abandon(by(now=NOW + HOUR, ids=lambda: abandonment))
    mine.mark_saved()
    mine.last_activity_at = NOW + 2 * HOUR
    mine.reactivate(by(now=NOW + 2 * HOUR))

    assert untouched == (1, [])
    assert (mine.version, mine.recorded) == (3, [Reactivated(abandonment)])
    assert (mine.status, mine.abandonment_id, mine.check_at) == ("ACTIVE", None, NOW + 3 * HOUR)


@given(st.data())
def test_an_order_and_what_is_left_are_the_cart(data: st.DataObject) -> None:
    """Everything is ordered or stays, nothing twice (rules.md 16)."""
    had = data.draw(st.dictionaries(st.integers(1, 6), st.integers(1, 9), min_size=1))
    mine = cart(*(line(variant(number), quantity) for number, quantity in had.items()))
    some = data.draw(st.lists(st.sampled_from(mine.lines), min_size=1, unique_by=lambda it: it.id))
    ordered = tuple(OrderedLine(line_id=it.id, quantity=data.draw(st.integers(1, it.quantity))) for it in some)
    before = {it.id: it.quantity for it in mine.lines}

    left = mine.convert("A-1", ordered, by())

    over = {it.id: quantity for it, quantity in (left.lines if left else ())}
    now = {it.id: it.quantity for it in mine.lines}
    assert now == {it.line_id: it.quantity for it in ordered}
    assert {key: now.get(key, 0) + over.get(key, 0) for key in before} == before
    assert all(quantity > 0 for quantity in over.values())
    assert mine.removed == set(before) - set(now)
    assert (mine.status, mine.order_id, mine.version) == ("CONVERTED", "A-1", 2)


@pytest.mark.parametrize("wrong", ["more than there is", "a line twice", "no line", "another cart's line"])
def test_an_order_of_what_the_cart_does_not_have_is_refused(wrong: str) -> None:
    """Nothing is converted."""
    mine = cart(line(variant(1), 2))
    there = mine.lines[0].id
    ordered = {
        "more than there is": (OrderedLine(line_id=there, quantity=3),),
        "a line twice": (OrderedLine(line_id=there, quantity=1), OrderedLine(line_id=there, quantity=1)),
        "no line": (),
        "another cart's line": (OrderedLine(line_id=new_id(), quantity=1),),
    }[wrong]

    with pytest.raises(errors.ItemNotFound):
        mine.convert("A-1", ordered, by())

    assert (mine.status, mine.version, mine.lines[0].quantity) == ("ACTIVE", 1, 2)
