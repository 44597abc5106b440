"""What other services publish again, under other ids, neither begins nor takes back anything."""

from typing import Any

from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from recovery.subscriptions import subscriptions
from servicekit.testing import deliver, deliver_again, envelope_of, rows_of

from ..scene import HOUR, Scene

TABLES = ("sites", "campaigns", "campaign_steps", "recoveries", "recovery_messages")


def site(scene: Scene, name: str, version: int) -> Envelope[Any]:
    """The site at a version."""
    data = SiteChanged(
        name=name,
        company_name="Mug & Co",
        site_type="STOREFRONT",
        currency="EUR",
        locale="en",
        timezone="UTC",
        portal_url="http://shop.example",
    )
    return envelope_of(RecordedEvent(data, scene.company_id, scene.site_id, version, scene.clock.now()))


async def test_sites_and_carts_published_again_change_nothing(scene: Scene) -> None:
    """One recovery that is under way and one that an order ended stay as they are; no further mail is sent."""
    await scene.opens()
    sites = [site(scene, "Mugs", 2), site(scene, "Mugs for you", 3)]
    for event in sites:
        await deliver(subscriptions, event, scene.database)
    open_cart, ordered = scene.cart(), scene.cart()
    await scene.gives(open_cart)
    left = [envelope_of(await scene.abandons(cart)) for cart in (open_cart, ordered)]
    order = envelope_of(await scene.orders(ordered))
    mails = await scene.later(HOUR)
    before = await rows_of(scene.database, scene.company_id, *TABLES)

    await deliver_again(subscriptions, [*sites, *left, order], scene.database)

    assert await rows_of(scene.database, scene.company_id, *TABLES) == before
    assert len(await scene.sends()) == len(mails) == 1
