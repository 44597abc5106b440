"""A bundle is made by staff, bought by shoppers as a whole, and counted as what it is: its pieces, at its price."""

from cartwheel_client.models.cart import CartView
from cartwheel_client.models.inventory import BundlePatch, BundleView, ItemBody, NewBundle
from servicekit.testing.polling import poll

from .shop import Shop
from .shopper import Guest, contents, refused_as, until_known


async def test_a_bundle_is_chosen_held_ordered_and_counted(shop: Shop) -> None:
    """A bowl or a vase and two mugs for 40.00: the stock is theirs, and the revenue is the bundle's price."""
    bundle, guest = await _offer(shop), shop.guest()
    _bowl, vase = bundle.items[0].variant_ids
    await guest.opens_a_cart()

    await _adds(guest, bundle)
    cart = await guest.cart.add_bundle(bundle.id, selections={bundle.items[0].id: vase})
    too_many = await refused_as(guest.cart.add_bundle(bundle.id, selections={bundle.items[0].id: vase}))
    await guest.holds()
    mugs = {line.sku: line.quantity for line in (await guest.cart.hold_status()).lines}
    with_vase = next(group for group in cart.bundles if _has(cart, group.group_id, "VASE"))
    cart = await guest.cart.remove_bundle(with_vase.group_id)
    cart = await guest.cart.set_quantity(cart.items[0].id, 2 * cart.items[0].quantity)
    ordered = await shop.orders(guest.cart_id, "order-of-tea", expected_total=8000)

    assert too_many in ((400, "ITEM_OUT_OF_STOCK"), (409, "INSUFFICIENT_STOCK"))
    assert mugs == {"MUG": 4, "BOWL": 1, "VASE": 1}
    assert (contents(cart), cart.totals.total) == ({"BOWL": 2, "MUG": 4}, 8000)
    assert [group.quantity for group in cart.bundles] == [2]
    assert ordered.totals.total == 8000
    assert await poll(lambda: shop.left("MUG"), lambda left: left == 100_000 - 4) == 100_000 - 4
    overview = await poll(shop.overview, lambda seen: seen.carts.converted == 1)
    assert overview.revenue == 8000


async def test_a_bundle_goes_along_at_sign_in_and_says_its_new_price(shop: Shop) -> None:
    """The customer's cart has it whole; what the shop changes is said, and taken with the next change."""
    bundle, guest, customer = await _offer(shop), shop.guest(), shop.customer("ada")
    await guest.opens_a_cart()
    await _adds(guest, bundle)
    await customer.opens_a_cart()

    merged = await customer.cart.merge(guest.session_token)
    await shop.staff.catalogue.change_bundle(bundle.id, BundlePatch(prices={"USD": 3900}))
    said = await poll(customer.cart.read, lambda cart: cart.bundles[0].price_changed is not None)
    taken = await customer.cart.add_bundle(bundle.id)

    assert (contents(merged), merged.totals.total) == ({"BOWL": 1, "MUG": 2}, 4000)
    assert said.totals.total == 4000
    assert (taken.totals.total, taken.bundles[0].quantity) == (7800, 2)


async def _offer(shop: Shop) -> BundleView:
    variants = {one.sku: one.id for one in (await shop.staff.catalogue.list_variants()).items}
    items = [
        ItemBody(title="Bowl or vase", variant_ids=[variants["BOWL"], variants["VASE"]]),
        ItemBody(title="Mugs", variant_ids=[variants["MUG"]], quantity=2),
    ]
    return await shop.staff.catalogue.create_bundle(NewBundle(title="Tea", prices={"USD": 4000}, items=items))


async def _adds(guest: Guest, bundle: BundleView) -> CartView:
    """Add it as soon as the cart's replica has it."""
    return await until_known(lambda: guest.cart.add_bundle(bundle.id))


def _has(cart: CartView, group_id: object, sku: str) -> bool:
    return any(line.bundle_group_id == group_id and line.sku == sku for line in cart.items)
