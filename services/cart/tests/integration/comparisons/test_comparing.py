"""Products side by side: as many as the site allows, with the attributes of today's catalogue (features of K1)."""

import asyncio
from datetime import UTC, datetime, timedelta

from cart.comparisons.domain import KEPT
from cart.subscriptions import subscriptions
from contracts.cart import ComparisonUpdated
from contracts.envelope import RecordedEvent
from contracts.inventory import ProductChanged, Variant
from servicekit.db import Database
from servicekit.testing.delivery import deliver
from servicekit.testing.outbox import published

from ...comparing import Comparer, sells
from ...shop import Shop


async def test_attributes_stand_side_by_side(shop: Shop) -> None:
    """A value for each product in their order, none where it has none; what most have comes first."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk", "floor", "night")

    seen = await comparer.looks()

    assert [(item["sku"], item["price"], item["slug"]) for item in seen["items"]] == [
        ("desk", 4900, "desk"),
        ("floor", 12900, "floor"),
        ("night", 1900, "night"),
    ]
    assert seen["attributes"] == [
        {"name": "socket", "values": ["E27", "E27", "E27"], "differs": False},
        {"name": "watts", "values": ["5", "12", "2"], "differs": True},
        {"name": "colour", "values": ["black", None, "white"], "differs": True},
    ]
    assert (seen["enabled"], seen["maxItems"], seen["version"]) == (True, 4, 3)


async def test_the_catalogue_of_now_is_compared(shop: Shop) -> None:
    """Not that of the day on which a product was chosen."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk", "night")

    await sells(shop, "desk", 3900, watts="4")

    seen = await comparer.looks()
    assert seen["items"][0]["price"] == 3900
    assert next(row for row in seen["attributes"] if row["name"] == "watts")["values"] == ["4", "2"]


async def test_a_fifth_is_refused_until_there_is_room(shop: Shop) -> None:
    """The site says how many; one that is compared already is no fifth."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk", "floor", "night", "wall")

    refused, again = await comparer.compares("garden"), await comparer.compares("desk")
    first = (await comparer.looks())["items"][0]["id"]
    await comparer.sends("DELETE", f"/items/{first}")
    fits = await comparer.compares("garden")

    assert (refused.status_code, refused.json()["code"], refused.json()["maxItems"]) == (409, "COMPARISON_FULL", 4)
    assert (again.status_code, fits.status_code) == (200, 201)
    assert await comparer.skus() == ["floor", "night", "wall", "garden"]


async def test_many_at_once_never_exceed_what_the_site_allows(shop: Shop) -> None:
    """Each is compared once, and no more than the limit."""
    await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json={"maxCompareItems": 3}, headers=shop.staff())
    comparer, _ = await Comparer.guest(shop)
    wanted = ["desk", "floor", "night", "wall", "garden"] * 4

    answers = await asyncio.gather(*(comparer.compares(sku) for sku in wanted))

    seen = await comparer.skus()
    assert len(seen) == len(set(seen)) == 3
    assert [answer.status_code for answer in answers].count(201) == 3
    assert {answer.status_code for answer in answers} == {200, 201, 409}


async def test_what_is_not_compared_cannot_be_removed(shop: Shop) -> None:
    """Nor by somebody else, nor with an old version."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk")
    item = (await comparer.looks())["items"][0]["id"]

    foreign = await Comparer.customer(shop).sends("DELETE", f"/items/{item}")
    stale = await comparer.sends("DELETE", f"/items/{item}", **{"If-Match": '"7"'})
    removed = await comparer.sends("DELETE", f"/items/{item}")
    again = await comparer.sends("DELETE", f"/items/{item}")

    assert [(a.status_code, a.json().get("code")) for a in (foreign, stale, again)] == [
        (404, "ITEM_NOT_FOUND"),
        (412, "VERSION_MISMATCH"),
        (404, "ITEM_NOT_FOUND"),
    ]
    assert (removed.status_code, removed.json()["items"]) == (200, [])


async def test_where_comparisons_are_off_nothing_is_compared(shop: Shop) -> None:
    """As they are unless a site switches them on; what was compared is there again then."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk")
    site = f"/api/admin/sites/{shop.site_id}"
    token = (await comparer.sends("POST", "/share", {})).json()["token"]
    await shop.client.patch(site, json={"enableCompare": False}, headers=shop.staff())

    off, refused = await comparer.looks(), await comparer.compares("floor")
    link = await shop.client.get(f"/api/comparisons/shared/{token}", headers=shop.anybody())
    await shop.client.patch(site, json={"enableCompare": True}, headers=shop.staff())

    assert (off["enabled"], off["items"], off["attributes"]) == (False, [], [])
    assert (refused.status_code, refused.json()["code"], link.status_code) == (403, "FEATURE_DISABLED", 404)
    assert await comparer.skus() == ["desk"]


async def test_every_change_is_published_with_what_is_compared(shop: Shop) -> None:
    """And says nobody's name."""
    comparer = Comparer.customer(shop)
    await comparer.has_compared("desk", "floor")

    events = [one for one in await published(shop.database, ComparisonUpdated) if one.company_id == shop.company_id]

    last = events[-1].data
    assert isinstance(last, ComparisonUpdated)
    assert [one.version for one in events] == [1, 2]
    assert (last.kind, last.owner, [one.product_id for one in last.products]) == (
        "ITEM_ADDED",
        "customer",
        [shop.products["floor"][0]],
    )
    assert [one.product_id for one in last.compared] == [shop.products["desk"][0], shop.products["floor"][0]]


async def test_an_older_version_of_a_product_changes_no_attributes(shop: Shop, database: Database) -> None:
    """Events come in any order: the newest stays."""
    comparer, _ = await Comparer.guest(shop)
    product, variant = shop.products["desk"]
    await comparer.has_compared("desk")
    variants = (Variant(variant_id=variant, sku="desk", title="Desk", prices={"USD": 1}),)
    old = ProductChanged(title="Old", slug="old", active=True, attributes={"watts": "100"}, variants=variants)

    await deliver(subscriptions, RecordedEvent(old, shop.company_id, product, 0, datetime.now(UTC)), database)

    assert {row["name"]: row["values"] for row in (await comparer.looks())["attributes"]}["watts"] == ["5"]


async def test_looking_puts_the_end_off_once_a_day(shop: Shop) -> None:
    """A comparison that is used is kept; one look in a day writes nothing."""
    comparer, _ = await Comparer.guest(shop)
    await comparer.has_compared("desk")
    fresh = await ends_at(shop)
    await comparer.looks()
    same = await ends_at(shop)
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE product_comparisons SET expires_at = expires_at - interval '2 days'")

    await comparer.looks()

    assert fresh == same
    assert await ends_at(shop) >= fresh
    assert fresh - datetime.now(UTC) <= KEPT + timedelta(seconds=1)


async def ends_at(shop: Shop) -> datetime:
    """When the company's one comparison ends if nobody uses it."""
    async with shop.database.unit(shop.company_id) as unit:
        found: datetime = await unit.fetchval("SELECT expires_at FROM product_comparisons")
    return found
