"""Bundles are saved for later and come back whole, over carts that nobody thought of (rules.md 8, 11, 16)."""

from cart import bundle_errors, errors
from cart.carts.domain.cart import Cart
from hypothesis import given
from hypothesis import strategies as st

from ..building import by, cart, site, want
from ..bundle_building import CUP, LATER, POTS, RED_POT, add, pieces, with_tea


def test_it_is_saved_for_later_and_comes_back_whole() -> None:
    """By any of its lines; the same adds up on either side, and costs what it does now when it is back."""
    mine = with_tea(2)
    mine.save_for_later(mine.lines[1].id, by(now=LATER))
    add(mine)
    mine.save_for_later(mine.lines[0].id, by(now=LATER))
    add(mine, 4)
    saved = [(one.sku, one.quantity) for one in mine.saved_lines]

    done = mine.move_to_cart(mine.saved_lines[0].id, by(now=LATER))

    assert saved == [("sku-1", 3), ("sku-3", 6)]
    assert (pieces(mine), mine.saved_lines) == ({"sku-1": 7, "sku-3": 14}, [])
    assert ([bundle.quantity for bundle in mine.whole_bundles()], len(mine.bundles)) == ([7], 1)
    assert (done.kind, done.quantity_delta, done.made_line) == ("ITEM_ADDED", 9, False)


def test_a_saved_one_is_forgotten_whole_and_outlives_a_cleared_cart() -> None:
    """To clear a cart forgets nothing that is saved."""
    mine = with_tea()
    mine.save_for_later(mine.lines[0].id, by(now=LATER))
    add(mine, selections={POTS: RED_POT.variant_id})

    mine.clear(by(now=LATER))
    kept = [bundle.quantity for bundle in mine.saved_bundles()]
    back = mine.move_to_cart(mine.saved_lines[1].id, by(now=LATER))
    mine.save_for_later(mine.lines[0].id, by(now=LATER))
    mine.remove_saved(mine.saved_lines[0].id, by(now=LATER))

    assert (kept, back.made_line) == ([1], True)
    assert (mine.saved_lines, mine.bundles, mine.lines) == ([], [], [])


def test_a_merge_unites_what_is_saved_of_the_same_bundle() -> None:
    """The larger number of it; another comes along whole."""
    guest, mine = with_tea(3), with_tea(2, customer="ada")
    mine.save_for_later(mine.lines[0].id, by(now=LATER))
    guest.save_for_later(guest.lines[0].id, by(now=LATER))
    add(guest, selections={POTS: RED_POT.variant_id})
    guest.save_for_later(guest.lines[0].id, by(now=LATER))

    mine.merge(guest, "larger", by(now=LATER))

    assert [bundle.quantity for bundle in mine.saved_bundles()] == [3, 1]
    assert sum(one.quantity for one in mine.saved_lines) == 3 * 3 + 3
    assert mine.lines == []


def test_an_order_leaves_saved_bundles_to_the_next_cart() -> None:
    """Beside what it leaves over, and the ordered cart has its own alone."""
    mine = with_tea(2)
    mine.save_for_later(mine.lines[0].id, by(now=LATER))
    add(mine, selections={POTS: RED_POT.variant_id})

    left = mine.convert("order", None, by(now=LATER))
    assert left is not None
    successor = mine.successor(left, by(now=LATER))
    successor.take_over(left, by(now=LATER))

    assert ([bundle.quantity for bundle in mine.bundles], len(mine.lines)) == ([1], 2)
    assert [bundle.quantity for bundle in successor.saved_bundles()] == [2]
    assert successor.whole_bundles() == []


steps = st.lists(
    st.tuples(st.sampled_from(["add", "red", "set", "remove", "group", "item", "save", "back"]), st.integers(0, 4)),
    max_size=20,
)


@given(steps)
def test_whatever_is_done_every_bundle_stays_whole(history: list[tuple[str, int]]) -> None:
    """Each line of a group has its pieces for the same number of bundles, and no group is left without lines."""
    mine = cart(rules=site(max_quantity=6, max_lines=8))

    for step, number in history:
        before = pieces(mine), len(mine.saved_lines)
        try:
            _do(mine, step, number)
        except (errors.QuantityLimit, bundle_errors.BundleQuantity):
            assert (pieces(mine), len(mine.saved_lines)) == before

        kept = [*mine.whole_bundles(), *mine.saved_bundles()]
        assert sorted(bundle.id for bundle in mine.bundles) == sorted(bundle.id for bundle in kept)
        lines = [*mine.lines, *mine.saved_lines]
        assert {one.bundle_group_id for one in lines} - {None} == {bundle.id for bundle in mine.bundles}
        assert all(1 <= bundle.quantity <= 6 for bundle in mine.bundles)
        assert len({one.identity for one in mine.lines}) == len(mine.lines) <= 8


def _do(mine: Cart, step: str, number: int) -> None:
    if step in {"add", "red"}:
        add(mine, number + 1, selections={POTS: RED_POT.variant_id} if step == "red" else {})
    elif step == "item":
        mine.add_item(want(CUP, number + 1), by(CUP, now=LATER))
    elif step == "group" and mine.whole_bundles():
        mine.remove_bundle(mine.whole_bundles()[0].id, by(now=LATER))
    elif step == "save" and number < len(mine.lines):
        mine.save_for_later(mine.lines[number].id, by(now=LATER))
    elif step == "back" and number < len(mine.saved_lines):
        mine.move_to_cart(mine.saved_lines[number].id, by(now=LATER))
    elif number < len(mine.lines) and step in {"set", "remove"}:
        target = mine.lines[number].id
        if step == "set":
            mine.set_quantity(target, 2 * number + 2, by(now=LATER))
        else:
            mine.remove_item(target, by(now=LATER))
