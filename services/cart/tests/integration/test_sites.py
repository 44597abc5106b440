"""A site's settings are what its carts obey, from the next change on (api.md, "Site settings")."""

from typing import Any

import httpx
import pytest
from contracts.cart import SiteChanged
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import mint_jwt, published

from ..shop import Shop


async def change(shop: Shop, **settings: Any) -> httpx.Response:
    """Change settings of the shop's site."""
    return await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json=settings, headers=shop.staff())


async def test_limits_are_the_sites(shop: Shop) -> None:
    """A wholesaler allows more of one item, a small shop fewer lines (rules.md 8)."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 100})

    refused = await shop.add(guest, "mug", 1)
    await change(shop, maxQuantityPerLine=500, maxLines=1)
    more = await shop.add(guest, "mug", 400)
    another_line = await shop.add(guest, "bowl", 1)

    assert [(a.status_code, a.json()["code"]) for a in (refused, another_line)] == [(422, "QUANTITY_LIMIT")] * 2
    assert more.status_code == 200
    assert await shop.lines(guest.headers) == {"mug": 500}


async def test_every_change_is_published_and_raises_the_version(shop: Shop) -> None:
    """Recovery keeps a replica of sites; what is not given stays."""
    changed = await change(shop, name="Mugs for you", timezone="Europe/Berlin")

    events = await published(shop.database, SiteChanged)
    published_here = [
        (event.version, event.data.name, event.data.timezone)
        for event in events
        if event.company_id == shop.company_id and isinstance(event.data, SiteChanged)
    ]
    assert (changed.json()["version"], changed.json()["currency"]) == (2, "USD")
    assert published_here == [(1, "Mugs online", "UTC"), (2, "Mugs for you", "Europe/Berlin")]


async def test_creating_a_site_again_answers_the_one_that_is_there(shop: Shop) -> None:
    """The id may be given, so that a set-up script can be run twice; another company's id is taken, not shown."""
    other = await Shop.open(shop.client, shop.database)
    body = {"id": shop.site_id, "name": "Again", "currency": "EUR"}

    again = await shop.client.post("/api/admin/sites", json=body, headers=shop.staff())
    stolen = await shop.client.post("/api/admin/sites", json=body, headers=other.staff())

    assert (again.status_code, again.json()["name"]) == (201, "Mugs online")
    assert (stolen.status_code, "Mugs online" in stolen.text) == (409, False)


async def test_a_request_without_a_site_means_the_first(shop: Shop) -> None:
    """And one that names another gets that one, with its currency (rules.md 36)."""
    body = {"name": "Tassen", "currency": "EUR"}
    second = (await shop.client.post("/api/admin/sites", json=body, headers=shop.staff())).json()["id"]

    default = await shop.client.post("/api/public/cart", json={}, headers=shop.anybody())
    named = await shop.client.post("/api/public/cart", json={"siteId": second}, headers=shop.anybody())

    assert (default.json()["siteId"], default.json()["currency"]) == (shop.site_id, "USD")
    assert (named.json()["siteId"], named.json()["currency"]) == (second, "EUR")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"currency": "XXX1"}, "currency"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"portalUrl": "javascript:alert(1)"}, "portalUrl"),
        ({"mergeStrategy": "mine"}, "mergeStrategy"),
        ({"maxLines": 0}, "maxLines"),
        ({"abandonmentSeconds": 0}, "abandonmentSeconds"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_by_name(shop: Shop, given: dict[str, Any], field: str) -> None:
    """Nothing of the change is made."""
    refused = await change(shop, name="Changed", **given)

    site = (await shop.client.get(f"/api/admin/sites/{shop.site_id}", headers=shop.staff())).json()
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert site["name"] == "Mugs online"


async def test_only_admins_write_and_only_their_own(shop: Shop) -> None:
    """Support reads; another company's site does not exist (rules.md 34)."""
    other = await Shop.open(shop.client, shop.database)
    path = f"/api/admin/sites/{shop.site_id}"

    reader = await shop.client.patch(path, json={"name": "x"}, headers=shop.staff("support"))
    stranger = await shop.client.patch(path, json={"name": "x"}, headers=other.staff())
    seen = await shop.client.get(path, headers=other.staff())

    assert (reader.status_code, stranger.status_code, seen.status_code) == (403, 404, 404)
    assert [
        site["id"] for site in (await shop.client.get("/api/admin/sites", headers=other.staff())).json()["items"]
    ] == [other.site_id]


async def test_only_the_platform_makes_companies(shop: Shop) -> None:
    """And none of them is nobody."""
    root = {"authorization": f"Bearer {mint_jwt(shop.company_id, 'root', roles=['platform'])}"}
    nobody = {"id": "00000000-0000-0000-0000-000000000000", "name": "Nobody"}

    admin = await shop.client.post("/api/admin/companies", json={"name": "Mine"}, headers=shop.staff())
    refused = await shop.client.post("/api/admin/companies", json=nobody, headers=root)

    assert (admin.status_code, refused.status_code) == (403, 422)


async def test_a_site_needs_its_company(client: httpx.AsyncClient, database: Database) -> None:
    """A company that was never made has no sites."""
    stranger = {"authorization": f"Bearer {mint_jwt(new_id(), 'staff', roles=['admin'])}"}

    refused = await client.post("/api/admin/sites", json={"name": "x", "currency": "USD"}, headers=stranger)

    assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")
