"""Which orders a recovery may call its success (rules.md 31)."""

import httpx
from contracts.recovery import CartRecovered

from ..cart_model import Cart
from ..mails import token_of
from ..scene import HOUR, Scene


async def test_an_order_from_the_restored_cart_is_recovered(scene: Scene, client: httpx.AsyncClient) -> None:
    """The order names the abandonment its cart was restored from, and counts with its revenue, once."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/restore")
    await scene.comes_back(cart)

    order = await scene.orders(cart, "order 1", restored=cart.abandonment_id)
    await scene.deliver(order)

    (event,) = await scene.published(CartRecovered)
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
    """One order in two different events counts once."""
    cart, token = await _mailed(scene)
    await client.post(f"/api/cart/recovery/{token}/click")

    await scene.orders(cart, "order 7")
    await scene.orders(cart, "order 7")

    assert await _attributions(scene) == ["influenced"]


async def test_the_link_of_an_older_mail_recovers_its_own_abandonment(scene: Scene, client: httpx.AsyncClient) -> None:
    """The shopper came back, left again, and pressed the first mail's button: any earlier abandonment counts."""
    cart, token = await _mailed(scene)
    first = cart.abandonment_id
    await scene.comes_back(cart)
    scene.clock.advance(HOUR)
    await scene.abandons(cart)
    second = cart.abandonment_id

    restored = await client.post(f"/api/cart/recovery/{token}/restore")
    scene.cart_answers(cart, "ACTIVE")
    await scene.comes_back(cart)
    await scene.orders(cart, restored=scene.carts.restored[-1][1])

    assert (restored.status_code, restored.json()["cart"]["id"]) == (200, str(cart.id))
    assert scene.carts.restored[-1] == (cart.id, first)
    (event,) = await scene.published(CartRecovered)
    assert (event.attribution, event.abandonment_id) == ("recovered", first)
    assert first != second
    assert await scene.state(cart) == ("STOPPED", "reactivated")
    assert len(await scene.later(100 * HOUR)) == 1


async def _mailed(scene: Scene) -> tuple[Cart, str]:
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    (mail,) = await scene.later(HOUR)
    return cart, token_of(mail)


async def _attributions(scene: Scene) -> list[str]:
    return [event.attribution for event in await scene.published(CartRecovered)]
