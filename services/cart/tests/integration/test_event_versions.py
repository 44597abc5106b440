"""The versions of a cart's events: a later change never has an earlier version (rules.md 9, messaging.md)."""

from datetime import timedelta

from contracts.cart import CartAbandoned, CartReactivated

from ..shop import Guest, Shop
from ..timers import Time
from .test_customers import customer_cart, sign_in
from .test_lifecycle import THRESHOLD, published_by, shop

__all__ = ["shop"]  # the fixture of a shop whose time is moved by hand


async def versions(of: Shop) -> list[tuple[int, int]]:
    """The versions of the first abandonment and of what ended it, cart by cart."""
    ended = {event.data.abandonment_id: event for event in await published_by(of, CartReactivated)}
    begun = await published_by(of, CartAbandoned)
    return [(event.version, ended[event.data.abandonment_id].version) for event in begun]


async def abandoned_guest(of: Shop, time: Time) -> Guest:
    """A guest whose cart of two mugs is abandoned."""
    guest = await of.guest_cart({"mug": 2})
    await time.passes(THRESHOLD)
    return guest


async def test_adopting_an_abandoned_cart_reactivates_it_at_a_later_version(shop: Shop, time: Time) -> None:
    """Recovery, which compares versions, sees that the abandonment is over."""
    guest = await abandoned_guest(shop, time)

    await sign_in(shop, guest)

    ((begun, ended),) = await versions(shop)
    assert ended > begun


async def test_merging_into_an_abandoned_cart_reactivates_it_at_a_later_version(shop: Shop, time: Time) -> None:
    """Merging reactivates the customer's cart before it changes it, never at the version of the abandonment."""
    await customer_cart(shop, {"mug": 1})
    await time.passes(THRESHOLD + timedelta(seconds=1))
    guest = await shop.guest_cart({"mug": 2})

    await sign_in(shop, guest)

    ((begun, ended),) = await versions(shop)
    assert ended > begun
