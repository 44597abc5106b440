"""The wishlist's rules, over lists that nobody thought of."""

from datetime import timedelta
from uuid import UUID

import pytest
from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.lists.domain import Link, Owner
from cart.wishlists.domain import MAX_WISHES, NewWish, Wishlist, WishPatch
from hypothesis import given
from hypothesis import strategies as st
from servicekit.ids import new_id

from ..building import COMPANY, NOW

SITE = UUID(int=2)
CONTEXT = ChangeContext("shopper", NOW, new_id)
GUEST, CUSTOMER = Owner(SITE, None, b"session"), Owner(SITE, "ada", None)

numbers = st.lists(st.integers(1, 12), max_size=12)


def wish(number: int, **fields: int) -> NewWish:
    """Product `number`, at its only variant."""
    return NewWish(UUID(int=number), UUID(int=1000 + number), **fields)


def filled(*wished: int, owner: Owner = CUSTOMER) -> Wishlist:
    """A saved list with these products."""
    made = Wishlist.begin(COMPANY, owner, CONTEXT)
    for number in wished:
        made.add(wish(number), CONTEXT)
    made.touched.clear()
    made.change = None
    return made


def content(of: Wishlist) -> list[int]:
    """The numbers of the products, in order."""
    return [one.product_id.int for one in of.wishes]


@given(numbers)
def test_no_product_is_on_it_twice(wished: list[int]) -> None:
    """However often it is wished for; the first time decides the place."""
    assert content(filled(*wished)) == list(dict.fromkeys(wished))


@given(numbers, st.data())
def test_moving_keeps_all_and_their_order(wished: list[int], data: st.DataObject) -> None:
    """The wish is at its place, the others follow each other as before, and ranks say the same order."""
    made = filled(*wished, 99)
    chosen = data.draw(st.sampled_from(made.wishes))
    place = data.draw(st.integers(1, MAX_WISHES))
    others = [number for number in content(made) if number != chosen.product_id.int]

    made.change_wish(chosen.id, WishPatch(priority=place), CONTEXT)

    expected = [*others[: place - 1], chosen.product_id.int, *others[place - 1 :]]
    assert content(made) == expected
    assert sorted(made.wishes, key=lambda one: one.rank) == made.wishes
    assert len({one.rank for one in made.wishes}) == len(made.wishes)


@given(numbers, numbers)
def test_a_merge_is_united_and_done_once(customers: list[int], guests: list[int]) -> None:
    """The customer's first, then what is new; merged again, nothing changes."""
    customer, guest = filled(*customers), filled(*guests, owner=GUEST)

    customer.merge(guest, CONTEXT)
    once, version = content(customer), customer.version
    customer.merge(guest, CONTEXT)

    assert once == list(dict.fromkeys([*customers, *guests]))
    assert (content(customer), customer.version) == (once, version)


@given(numbers, numbers, st.sets(st.integers(1, 12)))
def test_a_copy_says_of_each_what_became_of_it(mine: list[int], theirs: list[int], gone: set[int]) -> None:
    """What was added is there, and there is nothing else that was not before."""
    made = filled(*mine)
    before, shared = content(made), list(dict.fromkeys(theirs))

    copied = made.take_all([wish(one) for one in shared], "COPIED_IN", CONTEXT, {UUID(int=one) for one in gone})

    added = [one.product_id.int for one in copied if one.reason is None]
    assert [one.product_id.int for one in copied] == shared
    assert content(made) == before + added
    assert all(one not in gone and one not in before for one in added)


def test_a_full_list_refuses_and_a_merge_leaves_out() -> None:
    """It is bounded; what is on it may still be wished for again, and moved in from the cart."""
    full = filled(*range(1, MAX_WISHES + 1))

    full.merge(filled(500, owner=GUEST), CONTEXT)
    copied = full.take_all([wish(501)], "COPIED_IN", CONTEXT)

    assert full.change is None
    assert [one.reason for one in copied] == ["NO_ROOM"]
    assert full.add(wish(1), CONTEXT) is False
    with pytest.raises(errors.WishlistFull):
        full.take_from_cart(wish(502), CONTEXT)
    full.take_from_cart(wish(1, quantity=4), CONTEXT)
    assert full.wishes[0].quantity == 4


def test_every_change_raises_the_version_and_says_what_it_was() -> None:
    """In the words of its event; sharing is a change too, and not sharing any more only where it was shared."""
    made = filled(1)
    made.unshare(CONTEXT)
    unchanged = made.event
    made.share(Link(b"hash", NOW + timedelta(days=1)), CONTEXT)

    event = made.event

    assert unchanged is None
    assert event is not None
    assert (event.version, event.data.kind, event.data.item_count) == (2, "SHARED", 1)


def test_a_wish_that_is_not_there_is_refused() -> None:
    """And a version that is not the list's."""
    made = filled(1)

    with pytest.raises(errors.WishNotFound):
        made.remove(new_id(), CONTEXT)
    with pytest.raises(errors.VersionMismatch):
        made.require_version(7)
    assert content(made) == [1]
