"""What the aggregate keeps for a save, and what one change leaves to the next (rules.md 9, 13, 16, 18, 29)."""

from datetime import timedelta
from typing import Any

import pytest
from cart.carts.domain.cart import Cart
from cart.carts.domain.records import Abandoned, Reactivated, Updated
from cart.carts.domain.values import HoldReplica
from contracts.cart_calls import OrderedLine
from servicekit.ids import new_id

from ..building import NOW, by, cart, code, line, site, variant, want

LATER = NOW + timedelta(hours=2)
MUG = variant(1)


def holding(mine: Cart, status: str = "ACTIVE") -> Cart:
    """The cart with a hold in this state."""
    mine.hold = HoldReplica(new_id(), status, LATER)
    return mine


def abandoned(*, price: int = 1000) -> Cart:
    """A cart that is abandoned and saved, whose product costs this by now."""
    mine = cart(line(variant(1, price=price), 2, unit_price=1000))
    mine.abandon(by(now=NOW + timedelta(hours=1), actor="system"))
    mine.mark_saved()
    return mine


def test_all_that_is_recorded_between_two_saves_shares_one_version() -> None:
    """An add to an abandoned cart is one change: reactivated and updated, at one version more."""
    mine = abandoned()

    mine.add_item(want(MUG), by(MUG, now=LATER))

    assert [type(what) for what in mine.recorded] == [Reactivated, Updated]
    assert (mine.version, mine.saved_version, mine.changed_by) == (3, 2, "shopper")


def test_a_save_leaves_nothing_for_the_next() -> None:
    """What was written once is not written again."""
    mine = holding(cart(line(MUG), line(variant(2))))
    mine.remove_item(mine.lines[1].id, by())
    mine.set_quantity(mine.lines[0].id, 3, by())

    mine.mark_saved()

    assert (mine.touched, mine.removed, mine.recorded, mine.activity) == (set(), set(), [], [])
    assert (mine.saved_version, mine.needs_new_hold) == (mine.version, False)


@pytest.mark.parametrize(
    ("hold", "quantity", "follows"),
    [("ACTIVE", 3, True), ("ACTIVE", 1, True), ("ACTIVE", 2, True), ("RELEASED", 3, False), ("EXPIRED", 3, False)],
)
def test_a_hold_follows_a_line_that_was_set(hold: str, quantity: int, follows: bool) -> None:
    """Only one that still holds stock; to the quantity that it has, the hold is renewed (rules.md 18)."""
    mine = holding(cart(line(MUG, 2)), hold)

    mine.set_quantity(mine.lines[0].id, quantity, by())

    assert mine.needs_new_hold is follows


def test_a_hold_follows_what_is_removed_added_and_merged_but_not_an_order() -> None:
    """What was ordered is committed, not held anew."""
    removed, added, merged, ordered = (holding(cart(line(MUG, 2), customer="ada")) for _ in range(4))

    removed.remove_item(removed.lines[0].id, by())
    added.add_item(want(MUG), by(MUG))
    merged.merge(cart(line(variant(2))), "larger", by())
    ordered.convert("A-1", (OrderedLine(line_id=ordered.lines[0].id, quantity=1),), by())

    assert [it.needs_new_hold for it in (removed, added, merged, ordered)] == [True, True, True, False]


def test_restoring_is_activity_and_takes_the_prices_of_now() -> None:
    """The link's abandonment is kept for attribution, and the line is written with its new price (rules.md 29, 31)."""
    mine, link = abandoned(price=1200), new_id()

    changes = mine.restore(link, by(now=LATER))

    assert [(it.kind, it.from_, it.to) for it in changes] == [("price", 1000, 1200)]
    assert (mine.lines[0].unit_price, mine.touched) == (1200, {mine.lines[0].id})
    assert (mine.last_activity_at, mine.restored_abandonment_id) == (LATER, link)
    assert [type(what) for what in mine.recorded] == [Reactivated, Updated]


def test_signing_in_is_activity() -> None:
    """Of a cart that is adopted, and of one that is merged into (rules.md 11, 13)."""
    adopted, mine, guest = cart(line(MUG)), cart(line(MUG), customer="ada"), cart(line(MUG))
    guest.has_contact = True

    adopted.adopt_owner("ada", by(now=LATER))
    mine.merge(guest, "larger", by(now=LATER))

    assert (adopted.last_activity_at, adopted.customer_id) == (LATER, "ada")
    assert (mine.last_activity_at, mine.has_contact) == (LATER, True)


def test_an_order_ends_the_abandonment_and_what_is_left_takes_codes_and_contact_along() -> None:
    """The new cart is the same shopper's, with the lines that were not ordered (rules.md 16)."""
    mine = abandoned()
    mine.codes, mine.has_contact = [code("SAVE10", LATER)], True
    ordered = (OrderedLine(line_id=mine.lines[0].id, quantity=1),)

    left = mine.convert("A-1", ordered, by(now=LATER))

    assert left is not None
    successor = mine.successor(left, by(now=LATER))
    successor.mark_saved()
    successor.take_over(left, by(now=LATER))
    assert mine.abandonment_id is None
    assert (successor.id, [it.code for it in successor.codes], successor.has_contact) == (
        left.cart_id,
        ["SAVE10"],
        True,
    )
    assert [(it.quantity, it.id in successor.touched) for it in successor.lines] == [(1, True)]
    assert successor.version == 2


@pytest.mark.parametrize("actor", ["shopper", "staff"])
def test_who_acted_is_recorded(actor: Any) -> None:
    """Analytics leaves staff out (rules.md 33)."""
    mine = cart(line(MUG))

    mine.clear(by(actor=actor))

    assert mine.changed_by == actor


def test_a_cart_that_is_looked_at_later_is_not_changed() -> None:
    """Noting when to look again records nothing."""
    mine = cart(line(MUG), rules=site(abandonment=timedelta(hours=3)))

    mine.check_later(LATER)
    mine.check_expiry_later()

    assert (mine.version, mine.recorded) == (1, [])
    assert (mine.check_at, mine.expiry_check_at) == (NOW + timedelta(hours=3), mine.expires_at)


def test_an_abandonment_is_recorded_with_its_id() -> None:
    """Recovery begins by it."""
    mine = cart(line(MUG))

    mine.abandon(by(now=LATER, actor="system"))

    assert mine.abandonment_id is not None
    assert mine.recorded == [Abandoned(mine.abandonment_id)]
