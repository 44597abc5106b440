"""Saving lines for later and moving them back, over carts that nobody thought of (rules.md 8, 11)."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.domain.lines import Line
from hypothesis import given
from hypothesis import strategies as st

from ..building import NOW, by, cart, line, site, variant, want

MAX_QUANTITY, MAX_LINES = 20, 4
LATER = NOW + timedelta(minutes=1)

steps = st.lists(st.tuples(st.sampled_from(["add", "save", "move"]), st.integers(0, 5)), max_size=30)
quantities = st.dictionaries(st.integers(1, 6), st.integers(1, MAX_QUANTITY), max_size=MAX_LINES)


def pieces(lines: Sequence[Line]) -> Counter[str]:
    """How many there are of each sku."""
    return Counter({one.sku: one.quantity for one in lines})


def saving(wanted: dict[int, int], customer: str | None = None) -> Cart:
    """A cart without lines that has so many of each variant saved."""
    made = cart(customer=customer, rules=site(max_quantity=MAX_QUANTITY, max_lines=MAX_LINES))
    made.set_saved_lines([line(variant(number), quantity) for number, quantity in wanted.items()])
    made.mark_saved()
    return made


@given(steps)
def test_no_piece_is_lost_or_made_however_lines_go_to_and_fro(history: list[tuple[str, int]]) -> None:
    """What was added is in the cart or saved, each variant at most once in either; what is refused changes nothing."""
    mine = cart(rules=site(max_quantity=MAX_QUANTITY, max_lines=MAX_LINES))
    added: Counter[str] = Counter()

    for step, number in history:
        before = pieces(mine.lines), pieces(mine.saved_lines)
        try:
            if step == "add":
                mine.add_item(want(variant(number), 7), by(variant(number), now=LATER))
                added[variant(number).sku] += 7
            elif step == "save" and number < len(mine.lines):
                mine.save_for_later(mine.lines[number].id, by(now=LATER))
            elif step == "move" and number < len(mine.saved_lines):
                mine.move_to_cart(mine.saved_lines[number].id, by(now=LATER))
        except errors.QuantityLimit:
            assert (pieces(mine.lines), pieces(mine.saved_lines)) == before

    for lines in (mine.lines, mine.saved_lines):
        assert len({one.identity for one in lines}) == len(lines) <= MAX_LINES
        assert all(1 <= one.quantity <= MAX_QUANTITY for one in lines)
    assert pieces(mine.lines) + pieces(mine.saved_lines) == added


@given(quantities, quantities)
def test_a_merge_keeps_what_both_saved(theirs: dict[int, int], mine: dict[int, int]) -> None:
    """Of what both have the larger quantity; only the limit of lines leaves out, and says so."""
    guest, customer = saving(theirs), saving(mine, "ada")
    before, brought = pieces(customer.saved_lines), pieces(guest.saved_lines)

    changes = customer.merge(guest, "larger", by(now=LATER))

    after = pieces(customer.saved_lines)
    left_out = {change.sku for change in changes if change.reason == "maxLines"}
    assert set(after) == (set(before) | set(brought)) - left_out
    assert len(customer.saved_lines) <= MAX_LINES
    assert all(after[sku] == max(before[sku], brought[sku]) for sku in after)
    assert pieces(guest.saved_lines) == brought


def test_a_line_comes_back_as_it_went_at_the_price_of_now() -> None:
    """With its id, its options, its notes and where it came from."""
    cup = line(variant(1, price=1000), 3)
    cup.options, cup.meta, cup.rental, cup.source = {"print": "Ada"}, {"gift": True}, {"days": 3}, "upsell"
    mine = cart(cup)
    mine.save_for_later(cup.id, by(now=LATER))
    mine.saved_lines[0].catalogue = variant(1, price=900)

    mine.move_to_cart(cup.id, by(now=LATER))

    [back] = mine.lines
    assert (back.id, back.quantity, back.unit_price) == (cup.id, 3, 900)
    assert (back.options, back.meta, back.rental, back.source) == (cup.options, cup.meta, cup.rental, "upsell")
    assert mine.saved_lines == []


def test_what_is_saved_is_published_as_removed_and_noted_by_its_name() -> None:
    """Older consumers have no other word for it (ADR 0023); the timeline has."""
    cup = line(variant(1), 2)
    mine = cart(cup)

    done = mine.save_for_later(cup.id, by(now=LATER))
    back = mine.move_to_cart(cup.id, by(now=LATER))

    assert [(one.kind, one.quantity_delta) for one in (done, back)] == [("ITEM_REMOVED", -2), ("ITEM_ADDED", 2)]
    assert [entry.kind for entry in mine.activity] == ["SAVED_FOR_LATER", "MOVED_TO_CART"]


@pytest.mark.parametrize("gone", [variant(1, active=False), variant(1, prices={"EUR": 900}), variant(1, available=0)])
def test_what_cannot_be_bought_stays_saved(gone: object) -> None:
    """Withdrawn, without a price in the cart's currency, sold out."""
    mine = saving({1: 2})
    mine.saved_lines[0].catalogue = gone  # type: ignore[assignment]  # parametrised

    with pytest.raises((errors.ProductUnavailable, errors.ItemOutOfStock)):
        mine.move_to_cart(mine.saved_lines[0].id, by(now=LATER))

    assert (pieces(mine.saved_lines), mine.lines, mine.is_changed) == (Counter({"sku-1": 2}), [], False)


def test_an_order_leaves_what_is_saved_to_the_next_cart() -> None:
    """Though nothing of the lines is left over (rules.md 16)."""
    mine = saving({1: 2})
    mine.lines = [line(variant(2))]

    left = mine.convert("A-1", None, by(now=LATER, actor="system"))

    assert left is not None
    following = mine.successor(left, by(now=LATER))
    following.take_over(left, by(now=LATER))
    assert (pieces(mine.saved_lines), pieces(following.saved_lines)) == (Counter(), Counter({"sku-1": 2}))
    assert following.lines == []
