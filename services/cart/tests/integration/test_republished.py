"""What other services publish again changes no replica and fills an empty one; sites are published again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cart.republish import STATE
from cart.subscriptions import subscriptions
from contracts.base import Event
from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import (
    BundleChanged,
    BundleItem,
    HoldPlaced,
    HoldReleased,
    ProductChanged,
    StockChanged,
    Variant,
)
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet
from servicekit.ids import new_id
from servicekit.testing import deliver, deliver_again, envelope_of, published, republish_all, rows_of

from ..shop import Shop

NOW = datetime.now(UTC)


def history(shop: Shop, cart_id: UUID) -> list[Envelope[Any]]:
    """A product, a bundle of it, its stock, the rules and the cart's hold, each in two versions."""
    product, variant, bundle, hold = new_id(), new_id(), new_id(), new_id()

    def event(data: Event, aggregate_id: UUID, version: int) -> Envelope[Any]:
        return envelope_of(RecordedEvent(data, shop.company_id, aggregate_id, version, NOW))

    def named(title: str) -> ProductChanged:
        form = Variant(variant_id=variant, sku="BOWL", title=title, prices={"USD": 900}, available=9)
        return ProductChanged(title=title, slug="bowl", active=True, variants=(form,))

    def pair(title: str) -> BundleChanged:
        items = (BundleItem(item_id=variant, quantity=2, variant_ids=(variant,)),)
        return BundleChanged(title=title, slug="pair", active=True, discount_basis_points=500, items=items)

    def left(available: int) -> StockChanged:
        return StockChanged(product_id=product, sku="BOWL", available=available)

    def rules(version: int) -> RuleSetPublished:
        return RuleSetPublished(rule_set=RuleSet(version=version, company_id=shop.company_id, published_at=NOW))

    until = NOW + timedelta(minutes=15)
    return [
        event(named("Bowl"), product, 1),
        event(pair("Pair"), bundle, 1),
        event(left(9), variant, 1),
        event(rules(1), shop.company_id, 1),
        event(HoldPlaced(cart_id=cart_id, lines=(), site_id=UUID(shop.site_id), expires_at=until), hold, 1),
        event(named("Large bowl"), product, 2),
        event(pair("Two bowls"), bundle, 2),
        event(left(0), variant, 2),
        event(rules(2), shop.company_id, 2),
        event(HoldReleased(cart_id=cart_id, lines=(), reason="shopper"), hold, 2),
    ]


async def test_replicas_stay_as_they_are_and_come_back_when_they_are_empty(shop: Shop) -> None:
    """Under other ids and the older after the newer: equal rows, from the rows of before and from none."""
    guest = await shop.guest_cart({"mug": 1})
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("DELETE FROM product_snapshots WHERE company_id = $1", shop.company_id)
    events = history(shop, UUID(guest.cart_id))
    for event in events:
        await deliver(subscriptions, event, shop.database)
    before = await rows_of(
        shop.database, shop.company_id, "product_snapshots", "bundle_snapshots", "rule_sets", "cart_holds"
    )

    await deliver_again(subscriptions, events, shop.database)
    again = await rows_of(shop.database, shop.company_id, *before)
    async with shop.database.unit(shop.company_id) as unit:
        for table in before:
            await unit.execute(f"DELETE FROM {table} WHERE company_id = $1", shop.company_id)
    await deliver_again(subscriptions, events, shop.database)

    assert [len(rows) for rows in before.values()] == [1, 1, 1, 1]
    assert again == before
    assert await rows_of(shop.database, shop.company_id, *before) == before


async def test_sites_are_published_again_as_they_are_now(shop: Shop) -> None:
    """The newest version of each, each time under another id; every company's, or one company's."""
    body = {"name": "Mugs for you"}
    await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json=body, headers=shop.staff())
    other = await Shop.open(shop.client, shop.database)
    before = {event.event_id for event in await published(shop.database, SiteChanged)}
    async with shop.database.system_unit() as unit:
        await unit.execute("UPDATE outbox SET published_at = now()")

    mine = await republish_all(shop.database, STATE, shop.company_id)
    everybody = await republish_all(shop.database, STATE)

    fresh = [event for event in await published(shop.database, SiteChanged) if event.event_id not in before]
    assert mine == 1
    assert everybody == len(fresh) >= 2
    assert [(event.version, event.data.name) for event in fresh if event.company_id == shop.company_id] == [
        (2, "Mugs for you")
    ]
    assert [event.version for event in fresh if event.company_id == other.company_id] == [1]
