"""The rules of a cart's changes, without a database (rules.md 6-15)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cart import errors
from cart.carts.domain.cart import MAX_CODES, Cart
from cart.carts.domain.values import Contact
from servicekit.ids import new_id

from ..building import NOW, by, cart, code, line, site, variant, want

MUG, BOWL = variant(1), variant(2)


def test_adding_again_adds_up_and_takes_the_price_of_now() -> None:
    """The shopper sees the new price by touching the line (rules.md 8, 15)."""
    mine = cart(line(MUG, 2, unit_price=900))

    change = mine.add_item(want(MUG, 3), by(MUG))

    assert [(it.quantity, it.unit_price) for it in mine.lines] == [(5, 1000)]
    assert (change.kind, change.quantity_delta, change.made_line) == ("ITEM_ADDED", 3, False)
    assert (mine.version, mine.touched) == (2, {mine.lines[0].id})


def test_a_new_line_has_the_id_that_it_was_given() -> None:
    """Ids are passed in, so that a change decided twice is the same change."""
    mine, fresh = cart(line(MUG)), new_id()

    change = mine.add_item(want(BOWL), by(BOWL, ids=lambda: fresh))

    assert [it.sku for it in mine.lines] == ["sku-1", "sku-2"]
    assert (mine.lines[1].id, change.made_line) == (fresh, True)


@pytest.mark.parametrize(
    ("candidate", "already", "wanted", "refusal", "extra"),
    [
        (variant(1, available=3), 0, 4, errors.InsufficientStock, {"available": 3}),
        (variant(1, available=3), 2, 2, errors.InsufficientStock, {"available": 3}),
        (variant(1, available=0), 0, 1, errors.ItemOutOfStock, {}),
        (variant(1, available=-5), 0, 1, errors.ItemOutOfStock, {}),
        (variant(1, active=False), 0, 1, errors.ProductUnavailable, {}),
        (variant(1, prices={"EUR": 1}), 0, 1, errors.ProductUnavailable, {}),
        (variant(1), 100, 1, errors.QuantityLimit, None),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    candidate: Any, already: int, wanted: int, refusal: type[errors.CartError], extra: dict[str, Any] | None
) -> None:
    """Stock, price and the site's limit each have their own refusal, which says what there is."""
    mine = cart(*([line(variant(1), already)] if already else []))

    with pytest.raises(refusal) as refused:
        mine.add_item(want(candidate, wanted), by(candidate))

    assert extra is None or refused.value.extra == extra
    assert [it.quantity for it in mine.lines] == ([already] if already else [])


@pytest.mark.parametrize("exempt", [{"tracked": False}, {"backorderable": True}, {"available": None}])
def test_stock_that_is_not_limited_does_not_limit(exempt: dict[str, Any]) -> None:
    """Untracked, backorderable, and not counted yet (rules.md 19)."""
    mine, unlimited = cart(), variant(1, **{"available": 0, **exempt})

    mine.add_item(want(unlimited, 50), by(unlimited))

    assert mine.lines[0].quantity == 50


def test_a_cart_has_at_most_the_sites_lines() -> None:
    """The line that is there may grow, another may not come."""
    mine = cart(line(MUG), rules=site(max_lines=1))

    mine.add_item(want(MUG), by(MUG))
    with pytest.raises(errors.QuantityLimit):
        mine.add_item(want(BOWL), by(BOWL))

    assert [it.sku for it in mine.lines] == ["sku-1"]


def test_lowering_a_quantity_asks_about_no_stock() -> None:
    """Who wants less of what has become scarce is let go."""
    scarce = variant(1, available=1)
    mine = cart(line(scarce, 5))

    change = mine.set_quantity(mine.lines[0].id, 3, by())

    assert (mine.lines[0].quantity, change.quantity_delta) == (3, -2)


def test_raising_a_quantity_counts_the_other_lines_of_the_variant() -> None:
    """Two lines of one variant, such as a plain and a printed one, share what is left."""
    scarce = variant(1, available=5)
    plain, printed = line(scarce, 2), line(scarce, 2)
    printed.options = {"print": "Ada"}
    mine = cart(plain, printed)

    with pytest.raises(errors.InsufficientStock):
        mine.set_quantity(plain.id, 4, by())

    assert mine.set_quantity(plain.id, 3, by()).quantity_delta == 1


def test_clearing_and_removing_say_how_many_went() -> None:
    """Analytics counts quantities by these."""
    mine = cart(line(MUG, 2), line(BOWL, 3))
    bowl = mine.lines[1].id

    removed = mine.remove_item(bowl, by())
    cleared = mine.clear(by())

    assert (removed.quantity_delta, cleared.quantity_delta) == (-3, -2)
    assert (mine.lines, len(mine.removed)) == ([], 2)


def test_a_line_that_is_not_there_cannot_be_changed() -> None:
    """Neither set nor removed."""
    mine = cart(line(MUG))

    with pytest.raises(errors.ItemNotFound):
        mine.set_quantity(new_id(), 1, by())
    with pytest.raises(errors.ItemNotFound):
        mine.remove_item(new_id(), by())


def test_codes_are_renewed_bounded_and_removed_in_any_case() -> None:
    """The same code again is one code; a sixth is not combinable; an unknown one cannot be removed."""
    mine, soon = cart(line(MUG)), NOW + timedelta(hours=1)
    for number in range(MAX_CODES):
        mine.apply_code(code(f"CODE{number}", soon), by())

    mine.apply_code(code("CODE0", soon + timedelta(hours=1)), by())
    with pytest.raises(errors.DiscountNotCombinable):
        mine.apply_code(code("CODE9", soon), by())
    mine.remove_code("code3", by())
    with pytest.raises(errors.DiscountInvalid):
        mine.remove_code("CODE3", by())

    assert [applied.code for applied in mine.codes] == ["CODE1", "CODE2", "CODE4", "CODE0"]
    assert mine.codes[-1].expires_at == soon + timedelta(hours=1)


@pytest.mark.parametrize("actor", ["shopper", "staff", "system"])
def test_only_a_shoppers_change_is_activity(actor: Any) -> None:
    """Staff who help do not keep a cart from being abandoned (rules.md 13)."""
    mine, later = cart(line(MUG)), NOW + timedelta(minutes=5)

    mine.add_item(want(MUG), by(MUG, now=later, actor=actor))

    assert (mine.last_activity_at == later) == (actor == "shopper")
    assert (mine.updated_at, mine.activity[0].actor) == (later, actor)


@pytest.mark.parametrize(
    ("status", "age", "refusal"),
    [
        ("CONVERTED", timedelta(0), errors.CartConvertedAlready),
        ("MERGED", timedelta(0), errors.CartMergedAlready),
        ("EXPIRED", timedelta(0), errors.CartExpiredAlready),
        ("ACTIVE", timedelta(days=30), errors.CartExpiredAlready),
        ("ABANDONED", timedelta(days=31), errors.CartExpiredAlready),
    ],
)
def test_a_final_cart_and_one_whose_time_is_over_take_no_change(
    status: Any, age: timedelta, refusal: type[errors.CartError]
) -> None:
    """Every change checks that first (rules.md 12); a cart whose time is over is so before the job finds it."""

    def changes(mine: Cart) -> list[Any]:
        late, other = by(MUG, now=NOW + age), cart(line(MUG), customer="ada")
        return [
            lambda: mine.add_item(want(MUG), late),
            lambda: mine.set_quantity(mine.lines[0].id, 2, late),
            lambda: mine.remove_item(mine.lines[0].id, late),
            lambda: mine.clear(late),
            lambda: mine.apply_code(code("SAVE", NOW), late),
            lambda: mine.remove_code("SAVE", late),
            lambda: mine.set_contact(Contact("ada@example.com", True, None), late),
            lambda: mine.restore(new_id(), late),
            lambda: mine.adopt_owner("ada", late),
            lambda: mine.convert("A-1", None, late),
            lambda: mine.merge(other, "larger", late),
        ]

    for index in range(11):
        mine = cart(line(MUG))
        mine.status = status
        with pytest.raises(refusal):
            changes(mine)[index]()
        assert (mine.version, len(mine.lines), mine.activity, mine.recorded) == (1, 1, [], [])


def test_a_product_that_is_unknown_is_not_found() -> None:
    """No variant of that id was looked up."""
    with pytest.raises(errors.ProductNotFound):
        cart().add_item(want(MUG, variant_id=UUID(int=9)), by())


def test_an_old_version_is_refused() -> None:
    """If-Match names the version that the change is meant for (rules.md 9)."""
    mine = cart(line(MUG))

    mine.require_version(None)
    mine.require_version(1)
    with pytest.raises(errors.VersionMismatch):
        mine.require_version(2)
