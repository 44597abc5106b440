"""Bundles in a cart come, change and go as a whole, whatever is done to their lines (rules.md 8, 11, 16)."""

from dataclasses import replace
from uuid import UUID

import pytest
from cart import bundle_errors, errors
from cart.carts.domain.bulk import ChangeLines, RemoveLine, SetLine
from cart.carts.domain.bundles import CatalogueBundle, WantedBundle
from cart.carts.domain.values import MergeStrategy
from contracts.cart_calls import OrderedLine

from ..building import by, cart, line, site, variant, want
from ..bundle_building import CUP, CUPS, LATER, POT, POTS, RED_POT, TEA, add, pieces, with_tea


def test_it_brings_all_of_its_components_under_one_group() -> None:
    """The first variant of each, at the catalogue's price, with the price of the bundle beside them."""
    mine = with_tea(2)

    (bundle,) = mine.whole_bundles()
    assert pieces(mine) == {"sku-1": 2, "sku-3": 4}
    assert {one.bundle_group_id for one in mine.lines} == {bundle.id}
    assert (bundle.quantity, bundle.price) == (2, 3500)


def test_the_same_again_adds_up_and_other_choices_are_another() -> None:
    """What makes two of them one is what is in them."""
    mine = with_tea()

    add(mine, 2)
    add(mine, selections={POTS: RED_POT.variant_id})

    assert [bundle.quantity for bundle in mine.whole_bundles()] == [3, 1]
    assert pieces(mine) == {"sku-1": 3, "sku-2": 1, "sku-3": 8}
    assert len(mine.lines) == 4


def test_a_line_of_its_own_stays_beside_the_bundle() -> None:
    """A cup by itself costs what a cup costs."""
    mine = with_tea()

    mine.add_item(want(CUP, 1), by(CUP, now=LATER))

    assert [(one.quantity, one.bundle_group_id is None) for one in mine.lines if one.sku == "sku-3"] == [
        (2, False),
        (1, True),
    ]


@pytest.mark.parametrize("selections", [{POTS: CUP.variant_id}, {UUID(int=99): CUP.variant_id}, {CUPS: POT.variant_id}])
def test_a_choice_that_it_does_not_have_is_refused(selections: dict[UUID, UUID]) -> None:
    """Another component's variant, and a component of another bundle."""
    with pytest.raises(bundle_errors.BundleSelection):
        add(cart(), selections=selections)


@pytest.mark.parametrize("bundle", [replace(TEA, active=False), replace(TEA, prices={"EUR": 1})])
def test_one_that_is_not_sold_here_is_unavailable(bundle: CatalogueBundle) -> None:
    """Off sale, or without a price in the cart's currency."""
    with pytest.raises(errors.ProductUnavailable):
        add(cart(), bundle=bundle)


def test_one_of_which_a_product_is_not_known_yet_is_unavailable() -> None:
    """Its event may be on its way."""
    wanted = WantedBundle(TEA.bundle_id, 1, {})

    with pytest.raises(errors.ProductUnavailable):
        cart().add_bundle(wanted, TEA, by(POT, now=LATER))


def test_stock_is_counted_over_all_lines_of_a_variant() -> None:
    """Three cups are left: one by itself and a bundle are as many, two bundles are too many."""
    cup = replace(CUP, available=3)
    mine = cart(line(cup, 1))
    context = by(POT, RED_POT, cup, now=LATER)
    mine.add_bundle(WantedBundle(TEA.bundle_id, 1, {}), TEA, context)

    with pytest.raises(errors.InsufficientStock):
        mine.add_bundle(WantedBundle(TEA.bundle_id, 1, {}), TEA, context)

    assert pieces(mine) == {"sku-1": 1, "sku-3": 3}


def test_the_limit_of_a_line_counts_bundles_and_its_components_count_as_lines() -> None:
    """Ten of one item are allowed: ten bundles of two cups each; a cart of three lines has room for one bundle."""
    mine = with_tea(10, rules=site(max_quantity=10, max_lines=3))

    with pytest.raises(errors.QuantityLimit):
        add(mine)
    with pytest.raises(errors.QuantityLimit):
        add(mine, selections={POTS: RED_POT.variant_id})

    assert pieces(mine) == {"sku-1": 10, "sku-3": 20}


def test_the_quantities_of_its_lines_move_together() -> None:
    """Six cups are three bundles, so three pots; five cups are none."""
    mine = with_tea()
    cups = mine.lines[1].id

    done = mine.set_quantity(cups, 6, by(now=LATER))
    with pytest.raises(bundle_errors.BundleQuantity):
        mine.set_quantity(cups, 5, by(now=LATER))

    assert pieces(mine) == {"sku-1": 3, "sku-3": 6}
    assert mine.whole_bundles()[0].quantity == 3
    assert (done.kind, done.quantity_delta, len(done.lines)) == ("QUANTITY_SET", 6, 2)


def test_growing_takes_the_price_of_now_and_stops_where_it_is_not_sold() -> None:
    """As a line does; fewer can always be had."""
    mine = with_tea(2)
    (bundle,) = mine.bundles
    mine.bundles = [replace(bundle, catalogue=replace(TEA, prices={"USD": 3300}))]
    mine.set_quantity(mine.lines[0].id, 3, by(now=LATER))
    grown = mine.bundles[0].price
    mine.bundles = [replace(mine.bundles[0], catalogue=replace(TEA, active=False))]

    with pytest.raises(errors.ProductUnavailable):
        mine.set_quantity(mine.lines[0].id, 4, by(now=LATER))
    mine.set_quantity(mine.lines[0].id, 1, by(now=LATER))

    assert (grown, mine.bundles[0].quantity, mine.bundles[0].price) == (3300, 1, 3300)


def test_removing_any_line_or_the_group_takes_all_of_it() -> None:
    """Nobody keeps a part at its part of the price."""
    by_line, by_group = with_tea(), with_tea()

    by_line.remove_item(by_line.lines[1].id, by(now=LATER))
    by_group.remove_bundle(by_group.bundles[0].id, by(now=LATER))

    assert (by_line.lines, by_line.bundles, len(by_line.removed)) == ([], [], 2)
    assert (by_group.lines, by_group.bundles) == ([], [])


def test_several_changes_at_once_move_it_as_a_whole() -> None:
    """In one change with one event, which names every line."""
    mine = with_tea()
    pot = mine.lines[0].id

    grown = ChangeLines((SetLine(pot, 4),), {}).apply(mine, by(now=LATER))
    gone = ChangeLines((RemoveLine(pot),), {}).apply(mine, by(now=LATER))

    assert [(one.quantity_delta, one.quantity) for one in grown.lines] == [(3, 4), (6, 8)]
    assert ([one.quantity_delta for one in gone.lines], mine.lines) == ([-4, -8], [])


def test_lines_of_one_that_an_older_version_tore_apart_are_lines_like_any_other() -> None:
    """It knows lines alone, so that one may be missing or have another quantity: then nothing costs less."""
    mine = with_tea(2)
    mine.lines[1].quantity = 3

    mine.set_quantity(mine.lines[0].id, 5, by(now=LATER))
    mine.remove_item(mine.lines[1].id, by(now=LATER))

    assert mine.whole_bundles() == []
    assert pieces(mine) == {"sku-1": 5}


@pytest.mark.parametrize(("strategy", "times"), [("larger", 3), ("sum", 5), ("guest_wins", 2), ("customer_wins", 3)])
def test_a_merge_unites_the_same_bundle_and_takes_others_whole(strategy: MergeStrategy, times: int) -> None:
    """With the pieces of the same number of bundles on each line, and once however often it is repeated."""
    guest, mine = with_tea(2), with_tea(3, customer="ada")
    add(guest, selections={POTS: RED_POT.variant_id})

    changes = mine.merge(guest, strategy, by(now=LATER))

    assert [bundle.quantity for bundle in mine.whole_bundles()] == [times, 1]
    assert pieces(mine) == {"sku-1": times, "sku-2": 1, "sku-3": 2 * times + 2}
    assert {one.kind for one in changes} == ({"added"} if times == 3 else {"quantity", "added"})


def test_a_bundle_that_finds_no_room_in_a_merge_stays_out_whole() -> None:
    """One line is free, and it has two."""
    guest, mine = with_tea(), cart(line(variant(7)), customer="ada", rules=site(max_lines=2))

    changes = mine.merge(guest, "larger", by(now=LATER))

    assert [(one.kind, one.to, one.reason) for one in changes] == [("limited", 0, "maxLines")] * 2
    assert (pieces(mine), mine.bundles) == ({"sku-7": 1}, [])


def test_a_part_of_the_bundles_is_ordered_but_no_part_of_a_bundle() -> None:
    """Of three one is ordered; the other two are left, whole, for the cart in which the shopper goes on."""
    mine = with_tea(3)
    pot, cups = mine.lines

    with pytest.raises(bundle_errors.BundleIncomplete):
        mine.convert("order", (OrderedLine(line_id=pot.id, quantity=1),), by(now=LATER))
    one = (OrderedLine(line_id=pot.id, quantity=1), OrderedLine(line_id=cups.id, quantity=2))
    left = mine.convert("order", one, by(now=LATER))
    assert left is not None
    successor = mine.successor(left, by(now=LATER))
    successor.take_over(left, by(now=LATER))

    assert [bundle.quantity for bundle in (*mine.whole_bundles(), *successor.whole_bundles())] == [1, 2]
    assert (pieces(mine), pieces(successor)) == ({"sku-1": 1, "sku-3": 2}, {"sku-1": 2, "sku-3": 4})


def test_a_restored_cart_says_what_became_of_its_bundles() -> None:
    """The price of now is taken; one that is not sold any more stays, and is named."""
    mine = with_tea()
    mine.abandon(by(now=LATER))
    (bundle,) = mine.bundles
    mine.bundles = [replace(bundle, catalogue=replace(TEA, prices={"USD": 3600}))]
    assert mine.abandonment_id is not None

    changes = mine.restore(mine.abandonment_id, by(now=LATER))

    assert [(one.kind, one.from_, one.to) for one in changes] == [("price", 3500, 3600)]
    assert mine.bundles[0].price == 3600
