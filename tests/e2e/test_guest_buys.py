"""A guest shops and buys; every service counts it, once."""

from cartwheel_client.models.pricing import PromotionChange
from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import refused, refused_as


async def test_a_guest_buys_and_the_numbers_say_so(shop: Shop) -> None:
    """Browse, add, use a code, hold, order: the sale is in analytics, the stock is gone, the cart is final."""
    before = await shop.left("MUG")
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    await guest.adds("bowl")
    await guest.uses("SAVE10")
    assert (await guest.holds()).status == "ACTIVE"
    total = (await guest.looks()).totals.total

    ordered = await shop.orders(guest.cart_id, "order-1", expected_total=total)
    again = await shop.orders(guest.cart_id, "order-1", expected_total=total)

    assert ordered == again
    assert total == 2 * 1250 + 2400 - 490
    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 1)
    assert overview.revenue == total
    assert overview.carts.created == 1
    assert await refused_as(guest.adds("mug")) == (409, "CART_CONVERTED")
    await poll(lambda: shop.left("MUG"), lambda on_hand: on_hand == before - 2)


async def test_a_change_of_a_promotion_reaches_the_carts_that_have_its_code(shop: Shop) -> None:
    """Halved, then given another code: the next look has it, and nobody applied anything again (rules.md 24)."""
    promotions = shop.staff.pricing.promotions
    ten = (await promotions.list()).items[0]
    guest = shop.guest()
    await guest.opens_a_cart()
    await guest.adds("mug", 2)
    before = await guest.uses("SAVE10")

    await promotions.change(ten.id, PromotionChange(name="Five", basis_points=500))
    halved = await poll(guest.looks, lambda cart: cart.totals.discount_total == 125)
    await promotions.change(ten.id, PromotionChange(code="SAVE5"))
    renamed = await poll(guest.looks, lambda cart: cart.totals.discount_total == 0)

    assert before.totals.discount_total == 250
    assert [discount.name for discount in halved.discounts] == ["Five"]
    assert [(rejected.code, rejected.reason) for rejected in renamed.rejected_codes] == [("SAVE10", "WITHDRAWN")]
    assert (await guest.uses("SAVE5")).totals.discount_total == 125


async def test_the_last_vase_is_sold_once(shop: Shop) -> None:
    """Two guests want the last one: who holds it gets it, the other learns what is left (rules.md 17, 18)."""
    first, second = shop.guest(), shop.guest()
    for guest in (first, second):
        await guest.opens_a_cart()
        await guest.adds("last-vase")

    held = await first.holds()
    problem = await refused(second.holds())

    assert held.status == "ACTIVE"
    assert (problem.status, problem.code) == (409, "INVENTORY_HOLD_FAILED")
    assert problem.members["lines"] == [{"sku": "VASE", "requested": 1, "available": 0}]
