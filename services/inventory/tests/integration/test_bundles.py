"""Bundles: made, changed, published and taken off sale by the staff."""

from typing import Any
from uuid import UUID

import pytest
from contracts.inventory import BundleChanged
from inventory.republish import STATE
from servicekit.ids import new_id
from servicekit.testing import published

from .desk import Desk
from .shop import Shop

BUNDLES = "/api/admin/bundles"


async def pieces(desk: Desk) -> dict[str, Any]:
    """A mug of one of two colours and two cups, which exist."""
    mug, blue, cup = [(await desk.makes(sku))["variants"][0]["id"] for sku in ("mug", "blue-mug", "cup")]
    return {"items": [{"title": "Mug", "variantIds": [mug, blue]}, {"variantIds": [cup], "quantity": 2}]}


async def events(shop: Shop, bundle_id: str) -> list[BundleChanged]:
    """What was published of a bundle; its versions are checked to rise by one."""
    found = [event for event in await published(shop.database, BundleChanged) if event.aggregate_id == UUID(bundle_id)]
    assert [event.version for event in found] == list(range(1, len(found) + 1))
    return [event.data for event in found if isinstance(event.data, BundleChanged)]


async def test_a_bundle_is_made_changed_and_taken_off_sale(desk: Desk, shop: Shop) -> None:
    """Each real change is a version and an event; a discount takes a price's place; deleted, it is hidden and kept."""
    made = (
        await desk.staff("POST", BUNDLES, {"title": "Tea set", "prices": {"USD": 3000}, **await pieces(desk)})
    ).json()
    path = f"{BUNDLES}/{made['id']}"

    same = (await desk.staff("PATCH", path, {"title": "Tea set"})).json()
    cheaper = (await desk.staff("PATCH", path, {"discountBasisPoints": 1500})).json()
    last = [{"id": made["items"][1]["id"], "variantIds": made["items"][1]["variantIds"], "quantity": 3}]
    fewer = (await desk.staff("PATCH", path, {"items": last})).json()
    gone = (await desk.staff("DELETE", path)).json()
    listed = [len((await desk.staff("GET", f"{BUNDLES}{query}")).json()["items"]) for query in ("", "?deleted=true")]
    read = (await desk.staff("GET", path)).json()
    back = (await desk.staff("PATCH", path, {"active": True})).json()

    assert (made["slug"], made["version"], [item["quantity"] for item in made["items"]]) == ("tea-set", 1, [1, 2])
    assert same == made
    assert (cheaper["prices"], cheaper["discountBasisPoints"], cheaper["version"]) == ({}, 1500, 2)
    assert fewer["items"] == [{**made["items"][1], "quantity": 3}]
    assert (gone["active"], gone["deletedAt"] is not None) == (False, True)
    assert read == gone
    assert listed == [0, 1]
    assert (back["active"], back["deletedAt"], back["version"]) == (True, None, 5)
    said = await events(shop, made["id"])
    assert [event.active for event in said] == [True, True, True, False, True]
    assert [len(event.items) for event in said] == [2, 2, 1, 1, 1]
    assert (said[0].prices, [str(choice) for choice in said[0].items[0].variant_ids]) == (
        {"USD": 3000},
        made["items"][0]["variantIds"],
    )


@pytest.mark.parametrize(
    "change",
    [
        {"prices": {}},
        {"discountBasisPoints": 1000},
        {"prices": {}, "discountBasisPoints": 10_001},
        {"items": []},
        {"items": [{"variantIds": []}]},
        {"items": [{"variantIds": [str(new_id())]}]},
        {"items": [{"variantIds": [str(new_id())], "quantity": 101}]},
        {"items": [{"id": str(UUID(int=1)), "variantIds": [str(new_id())]}] * 2},
        {"price": 1},
    ],
)
async def test_a_bundle_that_does_not_fit_is_refused(desk: Desk, change: dict[str, Any]) -> None:
    """Exactly one way to price it, two pieces at least, each component once, and nothing unknown."""
    items = [{"variantIds": [str(new_id())], "quantity": 2}]
    body = {"title": "Set", "prices": {"USD": 1}, "items": items, **change}

    assert (await desk.staff("POST", BUNDLES, body)).status_code == 422


async def test_what_is_taken_or_unknown_is_refused(desk: Desk) -> None:
    """A slug or id in use is a conflict that names it, a variant that is not there no variant; nothing is written."""
    parts = await pieces(desk)
    made = (await desk.staff("POST", BUNDLES, {"title": "Set", "prices": {"USD": 1}, **parts})).json()
    other = (await desk.staff("POST", BUNDLES, {"title": "Other", "prices": {"USD": 1}, **parts})).json()
    unknown = {"items": [{"variantIds": [str(new_id())], "quantity": 2}]}

    slug = await desk.staff("POST", BUNDLES, {"title": "Set", "prices": {"USD": 1}, **parts})
    own = await desk.staff("PATCH", f"{BUNDLES}/{other['id']}", {"slug": "set"})
    bundle_id = await desk.staff("POST", BUNDLES, {"id": made["id"], "title": "X", "prices": {"USD": 1}, **parts})
    variant = await desk.staff("PATCH", f"{BUNDLES}/{other['id']}", unknown)

    assert [(answer.status_code, answer.json()["field"]) for answer in (slug, own, bundle_id)] == [
        (409, "slug"),
        (409, "slug"),
        (409, "id"),
    ]
    assert (variant.status_code, variant.json()["code"]) == (404, "PRODUCT_NOT_FOUND")
    assert [(await desk.staff("GET", f"{BUNDLES}/{bundle['id']}")).json() for bundle in (made, other)] == [made, other]


async def test_bundles_are_published_again(desk: Desk, shop: Shop) -> None:
    """`republish` has bundles, the deleted ones too, as they are now."""
    made = (await desk.staff("POST", BUNDLES, {"title": "Set", "prices": {"USD": 1}, **await pieces(desk)})).json()
    await desk.staff("DELETE", f"{BUNDLES}/{made['id']}")

    async with shop.database.unit(shop.company_id) as unit:
        again = await STATE.sources["bundles"](unit, None, 10)

    assert [(str(event.aggregate_id), event.version, event.data.active) for event in again] == [(made["id"], 2, False)]
