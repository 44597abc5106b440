"""What a shared cart becomes in another, over carts that nobody thought of."""

from datetime import timedelta

from cart.carts.domain.cart import Cart
from cart.sharing.domain.copying import CopyShared
from cart.sharing.domain.links import SharedCart
from hypothesis import given
from hypothesis import strategies as st

from ..building import NOW, by, cart, line, site, variant

MAX_QUANTITY, MAX_LINES = 20, 4
LATER = NOW + timedelta(minutes=1)

quantities = st.dictionaries(st.integers(1, 8), st.integers(1, MAX_QUANTITY), max_size=8)
stocks = st.dictionaries(st.integers(1, 8), st.one_of(st.none(), st.integers(0, 30)))


def filled(wanted: dict[int, int], stock: dict[int, int | None], **rules: int) -> Cart:
    """A cart of these quantities by variant, of which so many are left."""
    lines = [line(variant(number, available=stock.get(number)), quantity) for number, quantity in wanted.items()]
    return cart(*lines, rules=site(**rules))


@given(quantities, quantities, stocks)
def test_what_is_copied_and_what_is_named_is_all_that_was_shared(
    shared: dict[int, int], mine: dict[int, int], stock: dict[int, int | None]
) -> None:
    """Each item is there or in the report, within limits and stock; one's own lines stay; again changes nothing."""
    mine = dict(list(mine.items())[:MAX_LINES])
    source, target = filled(shared, stock), filled(mine, stock, max_quantity=MAX_QUANTITY, max_lines=MAX_LINES)
    copy = CopyShared(SharedCart.of(source, LATER).items)

    left_out = {one.item.sku: one for one in copy.apply([target], by(now=LATER))}
    target.mark_saved()

    after = {one.sku: one.quantity for one in target.lines}
    for number, quantity in shared.items():
        sku, had, there = f"sku-{number}", mine.get(number, 0), after.get(f"sku-{number}", 0)
        assert there >= quantity or left_out[sku].copied == there
        left = stock.get(number)
        assert had <= there <= max(had, min(quantity, MAX_QUANTITY, quantity if left is None else left))
    assert all(after[f"sku-{number}"] == quantity for number, quantity in mine.items() if number not in shared)
    assert len(after) <= MAX_LINES
    assert {one.item.sku for one in copy.apply([target], by(now=LATER))} == set(left_out)
    assert not target.is_changed


def test_a_copy_is_one_change() -> None:
    """One event that names each line, and one entry of the timeline."""
    source, target = filled({1: 2, 2: 3}, {}), filled({1: 1}, {})

    CopyShared(SharedCart.of(source, LATER).items).apply([target], by(now=LATER))

    [done] = target.recorded
    assert [entry.kind for entry in target.activity] == ["SHARED_CART_COPIED"]
    assert [(one.line.sku, one.quantity_delta) for one in done.lines] == [("sku-1", 1), ("sku-2", 3)]  # type: ignore[union-attr]  # an Updated
