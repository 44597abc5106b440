"""Which orders a recovery may call its success (rules.md 31)."""

import httpx
from contracts.recovery import CartRecovered

from ..mails import token_of
from ..scene import HOUR, Cart, Scene


async def test_an_order_from_the_restored_cart_is_recovered(scene: Scene, client: httpx.AsyncClient) -> None:
    """The cart says from which abandonment it was restored; the order counts with its revenue, once."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/restore")
    await scene.comes_back(cart)

    fact = await scene.orders(cart, "order 1", restored=cart.abandonment_id)
    await scene.deliver(fact)

    (event,) = await scene.told(CartRecovered)
    assert event == CartRecovered(
        site_id=scene.site_id,
        cart_id=cart.id,
        abandonment_id=cart.abandonment_id,
        attribution="recovered",
        order_id="order 1",
        currency="EUR",
        revenue=2500,
    )


async def test_an_order_within_five_days_of_a_click_is_influenced(scene: Scene, client: httpx.AsyncClient) -> None:
    """The shopper clicked, came back another way, and ordered."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/click")
    scene.clock.advance(119 * HOUR)

    await scene.orders(cart)

    assert await _attributions(scene) == ["influenced"]


async def test_an_order_later_than_five_days_after_the_click_is_not(scene: Scene, client: httpx.AsyncClient) -> None:
    """The click is forgotten after five days."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/click")
    scene.clock.advance(121 * HOUR)

    await scene.orders(cart)

    assert await _attributions(scene) == []


async def test_an_order_without_a_click_is_not(scene: Scene) -> None:
    """A mail that nobody clicked takes no credit."""
    cart, _ = await _mailed(scene)

    await scene.orders(cart)

    assert await _attributions(scene) == []


async def test_a_click_is_followed_through_the_merge_at_sign_in(scene: Scene, client: httpx.AsyncClient) -> None:
    """The guest clicked, signed in, and ordered from the customer's cart."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/click")
    customers = scene.cart()
    await scene.merges(cart, customers)

    await scene.orders(customers)

    assert await _attributions(scene) == ["influenced"]


async def test_an_order_is_credited_to_one_recovery(scene: Scene, client: httpx.AsyncClient) -> None:
    """The same order told twice under different events counts once."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/click")

    await scene.orders(cart, "order 7")
    await scene.orders(cart, "order 7")

    assert await _attributions(scene) == ["influenced"]


async def _mailed(scene: Scene) -> tuple[Cart, str]:
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    (mail,) = await scene.later(HOUR)
    return cart, token_of(mail)


async def _attributions(scene: Scene) -> list[str]:
    return [event.attribution for event in await scene.told(CartRecovered)]
