"""What prices a frozen cart: all as it was at the frozen moment (rules.md 14)."""

from datetime import timedelta

from cart.carts.domain.cart import Cart
from cart.carts.domain.freezing import LONGEST, FreezeCart, ThawCart
from cart.carts.domain.pricing import price
from cart.rules.service import no_rules

from ..building import COMPANY, NOW, by, cart, code, line, variant

MINUTE = timedelta(minutes=1)


def total(of: Cart, minutes: int) -> int:
    """What the cart comes to, so many minutes from now."""
    now = NOW + minutes * MINUTE
    return price(of, no_rules(COMPANY), now).quote.totals.total


def test_a_promotion_that_ends_stays_until_the_cart_thaws() -> None:
    """By its own end, and by the end of the time that pricing gave the code."""
    mine = cart(line(variant(1), 2))
    mine.codes = [code("SAVE10", NOW + 2 * MINUTE)]

    FreezeCart("C-1", 10 * MINUTE).apply([mine], by())

    assert (total(mine, 1), total(mine, 5), total(mine, 10)) == (1800, 1800, 2000)


def test_the_catalogue_may_change_beside_it() -> None:
    """A product that moves to another category, or is gone, is priced as what it was."""
    there = line(variant(1, categories=("mugs",), tax_category="books"), 2)
    mine = cart(there)
    FreezeCart("C-1", 10 * MINUTE).apply([mine], by())

    there.catalogue = None

    assert mine.frozen is not None
    assert mine.frozen.products[there.id].categories == ("mugs",)
    assert mine.frozen.products[there.id].tax_category == "books"


def test_a_checkout_may_be_extended_up_to_two_hours() -> None:
    """Never shortened, and no way to keep an old price for ever."""
    mine = cart(line(variant(1)))
    FreezeCart("C-1", 30 * MINUTE).apply([mine], by())
    mine.mark_saved()

    FreezeCart("C-1", MINUTE).apply([mine], by())
    shorter = mine.frozen
    FreezeCart("C-1", LONGEST).apply([mine], by(now=NOW + 20 * MINUTE))

    assert shorter is not None
    assert mine.frozen is not None
    assert (shorter.until, mine.frozen.until) == (NOW + 30 * MINUTE, NOW + LONGEST)
    assert mine.frozen.at == NOW


def test_each_freeze_and_thaw_is_a_change() -> None:
    """So that who read the cart before has to look again (rules.md 9)."""
    mine = cart(line(variant(1)))
    before = mine.version
    FreezeCart("C-1", MINUTE).apply([mine], by())
    frozen = mine.version
    mine.mark_saved()

    ThawCart("C-1").apply([mine], by())
    thawed = mine.version
    mine.mark_saved()
    ThawCart("C-1").apply([mine], by())

    assert (before, frozen, thawed, mine.version) == (1, 2, 3, 3)
