"""A link shows a wishlist to whoever has it, until it ends or is revoked, and never whose it is."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.db import Database
from servicekit.ids import hash_token, new_token
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of

from ...shop import Shop
from ...wishing import Wisher, opens_link


@pytest.fixture
async def slow_shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose time is moved by hand."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database, portalUrl="https://mugs.example/")


async def test_a_link_shows_products_and_nothing_of_their_owner(shop: Shop) -> None:
    """Neither notes nor options of their own, nor ids by which they could be found."""
    wisher = Wisher.customer(shop, "ada")
    await wisher.wishes("mug", quantity=2, note="for Ann's birthday", options={"engraving": "Ann"})

    shared = await opens_link(shop, await wisher.shares())

    (mug,) = shared.json()["items"]
    assert shared.status_code == 200
    assert (mug["sku"], mug["price"], mug["quantity"]) == ("mug", 1250, 2)
    assert not {"note", "wishedOptions", "id"} & set(mug)
    assert "Ann" not in shared.text
    assert "ada" not in shared.text


async def test_a_link_ends_when_its_time_is_over(slow_shop: Shop, clock: FixedClock) -> None:
    """After the days that were named, to the second; the address is one of the site's storefront."""
    wisher = Wisher.customer(slow_shop)
    await wisher.has_wished("mug")
    link = (await wisher.sends("POST", "/share", {"days": 2})).json()

    clock.advance(timedelta(days=2) - timedelta(seconds=1))
    last = await opens_link(slow_shop, link["token"])
    clock.advance(timedelta(seconds=1))
    over = await opens_link(slow_shop, link["token"])

    assert link["url"] == f"https://mugs.example/wishlists/{link['token']}"
    assert (last.status_code, over.status_code, over.json()["code"]) == (200, 404, "NOT_FOUND")


async def test_a_revoked_link_opens_nothing(shop: Shop) -> None:
    """Revoking twice is revoking once; the list says whether it is shared."""
    wisher = Wisher.customer(shop)
    await wisher.has_wished("mug")
    token = await wisher.shares()
    shared = (await wisher.looks())["share"]

    revoked = await wisher.sends("DELETE", "/share")
    again = await wisher.sends("DELETE", "/share")

    assert shared["expiresAt"]
    assert (revoked.status_code, again.status_code, again.json()["share"]) == (200, 200, None)
    assert revoked.headers["etag"] == again.headers["etag"]
    assert (await opens_link(shop, token)).status_code == 404


async def test_a_new_link_ends_the_one_before(shop: Shop) -> None:
    """One link a list: who has the old one has nothing."""
    wisher = Wisher.customer(shop)
    await wisher.has_wished("mug")
    old, new = await wisher.shares(), await wisher.shares()

    assert (await opens_link(shop, old)).status_code == 404
    assert (await opens_link(shop, new)).status_code == 200


async def test_a_token_is_stored_as_a_hash_only(shop: Shop) -> None:
    """Who reads the database opens nothing; a repeated call under a key gets the token again, from what is sealed."""
    wisher = Wisher.customer(shop)
    await wisher.has_wished("mug")
    key = {"Idempotency-Key": "link"}
    first = (await wisher.sends("POST", "/share", {}, **key)).json()["token"]
    again = (await wisher.sends("POST", "/share", {}, **key)).json()["token"]

    async with shop.database.unit(shop.company_id) as unit:
        rows = await unit.fetch("SELECT w::text AS row, share_hash FROM wishlists w")
        keys = await unit.fetch("SELECT k::text AS row FROM idempotency_keys k")

    assert first == again
    assert [row["share_hash"] for row in rows] == [hash_token(first)]
    assert not [row for row in (*rows, *keys) if first in row["row"]]


async def test_another_companys_link_and_one_made_up_are_alike(shop: Shop) -> None:
    """A link belongs to its company (rules.md 34)."""
    other = await Shop.open(shop.client, shop.database)
    wisher = Wisher.customer(other)
    await wisher.has_wished("mug")

    foreign = await opens_link(shop, await wisher.shares())
    made_up = await opens_link(shop, new_token())

    assert [(a.status_code, a.json()["code"]) for a in (foreign, made_up)] == [(404, "NOT_FOUND")] * 2


async def test_a_copy_reports_what_could_not_be_copied(shop: Shop) -> None:
    """What is withdrawn is left out, what is there stays as it is; copied again, nothing changes."""
    await shop.stock("plate", price=1800)
    theirs = Wisher.customer(shop, "ada")
    await theirs.has_wished("mug", "bowl", "plate")
    token = await theirs.shares()
    await shop.stock("plate", price=1800, active=False)
    mine, _ = await Wisher.guest(shop)
    await mine.wishes("bowl", note="mine")
    path = f"/api/wishlists/shared/{token}/copy"

    copied = await shop.client.post(path, headers=mine.headers)
    again = await shop.client.post(path, headers={**mine.headers, "accept-language": "de"})

    changes = [(change["kind"], change["reason"]) for change in copied.json()["copyChanges"]]
    assert changes == [("added", None), ("skipped", "ALREADY_THERE"), ("skipped", "UNAVAILABLE")]
    assert await mine.skus() == ["bowl", "mug"]
    assert [item["note"] for item in copied.json()["items"]] == ["mine", None]
    assert again.json()["version"] == copied.json()["version"]
    assert again.json()["copyChanges"][0]["message"] == "Dieser Artikel steht schon auf Ihrer Liste."


async def test_a_link_opens_nothing_while_wishlists_are_off(shop: Shop) -> None:
    """The site has none to show."""
    wisher = Wisher.customer(shop)
    await wisher.has_wished("mug")
    token = await wisher.shares()
    await shop.client.patch(f"/api/admin/sites/{shop.site_id}", json={"enableWishlist": False}, headers=shop.staff())

    copied = await shop.client.post(f"/api/wishlists/shared/{token}/copy", headers=Wisher.customer(shop).headers)

    assert ((await opens_link(shop, token)).status_code, copied.status_code) == (404, 404)
