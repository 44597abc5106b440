"""A promotion that staff make for a group, and one for first orders: who gets them, and what the order costs."""

from cartwheel_client.models.pricing import NewPromotion
from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import Customer


async def test_staff_say_who_a_promotion_is_for(shop: Shop) -> None:
    """A welcome is for a first order and no other; a trader has the traders' price after it, others have none."""
    trade = NewPromotion(
        name="Trade", type="PERCENTAGE_OFF", scope="CART", basis_points=1000, customer_groups=["trade"]
    )
    await shop.merchant.offer(trade)
    await shop.merchant.offer(
        NewPromotion(name="Welcome", type="PERCENTAGE_OFF", scope="CART", basis_points=2000, first_order_only=True)
    )

    for customer, after in ((shop.customer("ada", groups=["trade"]), {"Trade"}), (shop.customer("bob"), set())):
        first = await _with_a_mug(customer, {"Welcome"})
        cart_id = (await customer.looks()).id
        ordered = await shop.orders(cart_id, f"order-of-{cart_id}", expected_total=first)
        again = await _with_a_mug(customer, after)

        assert (ordered.totals.total, again) == (1000, 1125 if after else 1250)


async def _with_a_mug(customer: Customer, expected: set[str]) -> int:
    """The total of a cart with a mug, once exactly these are taken off: rules reach carts a moment later."""
    await customer.opens_a_cart()
    await customer.adds("mug")
    cart = await poll(customer.looks, lambda cart: {one.name for one in cart.discounts} == expected)
    return cart.totals.total
