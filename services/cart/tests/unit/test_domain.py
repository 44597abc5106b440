"""The rules of a cart's changes, without a database (rules.md 6-15)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cart import errors
from cart.carts import domain
from cart.carts.model import Cart
from servicekit.ids import new_id

from ..building import NOW, cart, code, line, site, snapshot, want, who

MUG, BOWL = snapshot(1), snapshot(2)


def test_adding_again_adds_up_and_takes_the_price_of_now() -> None:
    """The shopper sees the new price by touching the line (rules.md 8, 15)."""
    mine = cart(line(MUG, 2, unit_price=900))

    change = domain.add_item(mine, want(MUG, 3), [MUG], who())

    assert [(it.quantity, it.unit_price) for it in mine.lines] == [(5, 1000)]
    assert (change.kind, change.quantity_delta, change.made_line) == ("ITEM_ADDED", 3, False)
    assert (mine.version, mine.touched) == (2, {mine.lines[0].id})


def test_a_new_line_has_the_id_that_it_was_given() -> None:
    """Ids are passed in, so that a change decided twice is the same change."""
    mine, adder = cart(line(MUG)), who()

    change = domain.add_item(mine, want(BOWL), [BOWL], adder)

    assert [it.sku for it in mine.lines] == ["sku-1", "sku-2"]
    assert (mine.lines[1].id, change.made_line) == (adder.line_id, True)


@pytest.mark.parametrize(
    ("variant", "already", "wanted", "refusal", "extra"),
    [
        (snapshot(1, available=3), 0, 4, errors.InsufficientStock, {"available": 3}),
        (snapshot(1, available=3), 2, 2, errors.InsufficientStock, {"available": 3}),
        (snapshot(1, available=0), 0, 1, errors.ItemOutOfStock, {}),
        (snapshot(1, available=-5), 0, 1, errors.ItemOutOfStock, {}),
        (snapshot(1, active=False), 0, 1, errors.ProductUnavailable, {}),
        (snapshot(1, prices={"EUR": 1}), 0, 1, errors.ProductUnavailable, {}),
        (snapshot(1), 100, 1, errors.QuantityLimit, None),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    variant: Any, already: int, wanted: int, refusal: type[errors.CartError], extra: dict[str, Any] | None
) -> None:
    """Stock, price and the site's limit each have their own refusal, which says what there is."""
    mine = cart(*([line(snapshot(1), already)] if already else []))

    with pytest.raises(refusal) as refused:
        domain.add_item(mine, want(variant, wanted), [variant], who())

    assert extra is None or refused.value.extra == extra
    assert [it.quantity for it in mine.lines] == ([already] if already else [])


@pytest.mark.parametrize("exempt", [{"tracked": False}, {"backorderable": True}, {"available": None}])
def test_stock_that_is_not_limited_does_not_limit(exempt: dict[str, Any]) -> None:
    """Untracked, backorderable, and not counted yet (rules.md 19)."""
    mine, variant = cart(), snapshot(1, **{"available": 0, **exempt})

    domain.add_item(mine, want(variant, 50), [variant], who())

    assert mine.lines[0].quantity == 50


def test_a_cart_has_at_most_the_sites_lines() -> None:
    """The line that is there may grow, another may not come."""
    mine = cart(line(MUG), rules=site(max_lines=1))

    domain.add_item(mine, want(MUG), [MUG], who())
    with pytest.raises(errors.QuantityLimit):
        domain.add_item(mine, want(BOWL), [BOWL], who())

    assert [it.sku for it in mine.lines] == ["sku-1"]


def test_lowering_a_quantity_asks_about_no_stock() -> None:
    """Who wants less of what has become scarce is let go."""
    scarce = snapshot(1, available=1)
    mine = cart(line(scarce, 5))

    change = domain.set_quantity(mine, mine.lines[0].id, 3, who())

    assert (mine.lines[0].quantity, change.quantity_delta) == (3, -2)


def test_raising_a_quantity_counts_the_other_lines_of_the_variant() -> None:
    """Two lines of one variant, such as a plain and a printed one, share what is left."""
    scarce = snapshot(1, available=5)
    plain, printed = line(scarce, 2), line(scarce, 2)
    printed.options = {"print": "Ada"}
    mine = cart(plain, printed)

    with pytest.raises(errors.InsufficientStock):
        domain.set_quantity(mine, plain.id, 4, who())

    assert domain.set_quantity(mine, plain.id, 3, who()).quantity_delta == 1


def test_clearing_and_removing_say_how_many_went() -> None:
    """Analytics counts units by these."""
    mine = cart(line(MUG, 2), line(BOWL, 3))
    bowl = mine.lines[1].id

    removed = domain.remove_item(mine, bowl, who())
    cleared = domain.clear(mine, who())

    assert (removed.quantity_delta, cleared.quantity_delta) == (-3, -2)
    assert (mine.lines, len(mine.removed)) == ([], 2)


def test_a_line_that_is_not_there_cannot_be_changed() -> None:
    """Neither set nor removed."""
    mine = cart(line(MUG))

    with pytest.raises(errors.ItemNotFound):
        domain.set_quantity(mine, new_id(), 1, who())
    with pytest.raises(errors.ItemNotFound):
        domain.remove_item(mine, new_id(), who())


def test_codes_are_renewed_bounded_and_removed_in_any_case() -> None:
    """The same code again is one code; a sixth is not combinable; an unknown one cannot be removed."""
    mine, soon = cart(line(MUG)), NOW + timedelta(hours=1)
    for number in range(domain.MAX_CODES):
        domain.apply_code(mine, code(f"CODE{number}", soon), who())

    domain.apply_code(mine, code("CODE0", soon + timedelta(hours=1)), who())
    with pytest.raises(errors.DiscountNotCombinable):
        domain.apply_code(mine, code("CODE9", soon), who())
    domain.remove_code(mine, "code3", who())
    with pytest.raises(errors.DiscountInvalid):
        domain.remove_code(mine, "CODE3", who())

    assert [applied.code for applied in mine.codes] == ["CODE1", "CODE2", "CODE4", "CODE0"]
    assert mine.codes[-1].expires_at == soon + timedelta(hours=1)


@pytest.mark.parametrize("actor", ["shopper", "staff", "system"])
def test_only_a_shoppers_change_is_activity(actor: Any) -> None:
    """Staff who help do not keep a cart from being abandoned (rules.md 13)."""
    mine, later = cart(line(MUG)), NOW + timedelta(minutes=5)

    domain.add_item(mine, want(MUG), [MUG], who(later, actor))

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
    """Every change asks first (rules.md 12); a cart whose time is over is so before the job finds it."""

    def changes(mine: Cart) -> list[Any]:
        late = who(NOW + age)
        return [
            lambda: domain.add_item(mine, want(MUG), [MUG], late),
            lambda: domain.set_quantity(mine, mine.lines[0].id, 2, late),
            lambda: domain.remove_item(mine, mine.lines[0].id, late),
            lambda: domain.clear(mine, late),
            lambda: domain.apply_code(mine, code("SAVE", NOW), late),
            lambda: domain.remove_code(mine, "SAVE", late),
            lambda: domain.set_contact(mine, late),
        ]

    for index in range(7):
        mine = cart(line(MUG))
        mine.status = status
        with pytest.raises(refusal):
            changes(mine)[index]()
        assert (mine.version, len(mine.lines), mine.activity) == (1, 1, [])


def test_a_product_that_is_unknown_is_not_found() -> None:
    """No variant of that id was looked up."""
    with pytest.raises(errors.ProductNotFound):
        domain.add_item(cart(), want(MUG, variant_id=UUID(int=9)), [], who())


def test_an_old_version_is_refused() -> None:
    """If-Match names the version that the change is meant for (rules.md 9)."""
    mine = cart(line(MUG))

    domain.require_version(mine, None)
    domain.require_version(mine, 1)
    with pytest.raises(errors.VersionMismatch):
        domain.require_version(mine, 2)
