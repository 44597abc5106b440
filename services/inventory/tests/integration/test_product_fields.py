"""What a product has beside a title and a price: pictures, weight, cost, attributes, a slug of its own, an end."""

import asyncio
from typing import Any

import asyncpg
import pytest
from contracts.inventory import ProductChanged
from inventory.catalogue import service as catalogue
from inventory.catalogue.domain import ProductDraft, VariantDraft
from servicekit.testing import published

from .desk import Desk
from .importing import counts, imports, json_lines, shelf
from .shop import Shop

PRODUCTS = "/api/admin/products"


async def listed(desk: Desk, query: str) -> list[str]:
    """The handles of a list."""
    answer = await desk.staff("GET", f"{PRODUCTS}?{query}")
    assert answer.status_code == 200, answer.text
    return [product["handle"] for product in answer.json()["items"]]


async def test_every_field_comes_back_and_travels(desk: Desk, shop: Shop) -> None:
    """Pictures in their order, weight, cost and attributes: in the answer, after a change, and in ProductChanged."""
    variant = {"sku": "A", "prices": {"USD": 900}, "costs": {"USD": 400}, "weightGrams": 350}
    body = {"title": "Mug", "images": ["/a.jpg", "/b.jpg"], "attributes": {"material": "oak"}, "variants": [variant]}

    made = (await desk.staff("POST", PRODUCTS, body)).json()
    path = f"{PRODUCTS}/{made['id']}"
    changed = (await desk.staff("PATCH", path, {"images": ["/c.jpg", "/a.jpg"]})).json()
    first = (await desk.staff("PATCH", path, {"imageUrl": "/d.jpg"})).json()
    fewer = (await desk.staff("PATCH", path, {"imageUrl": None})).json()

    assert (made["imageUrl"], made["images"]) == ("/a.jpg", ["/a.jpg", "/b.jpg"])
    assert (made["variants"][0]["costs"], made["variants"][0]["weightGrams"]) == ({"USD": 400}, 350)
    assert [answer["images"] for answer in (changed, first, fewer)] == [
        ["/c.jpg", "/a.jpg"],
        ["/d.jpg", "/a.jpg"],
        ["/a.jpg"],
    ]
    events = [event.data for event in await published(shop.database, ProductChanged)]
    assert isinstance(events[-4], ProductChanged)
    assert (events[-4].images, events[-4].attributes) == (("/a.jpg", "/b.jpg"), {"material": "oak"})
    assert (events[-4].variants[0].costs, events[-4].variants[0].weight_grams) == ({"USD": 400}, 350)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"images": ["/a.jpg"], "imageUrl": "/b.jpg"}, "body"),
        ({"images": ["data:text/html,x"]}, "images[0]"),
        ({"images": ["/a.jpg"] * 31}, "images"),
        ({"attributes": {"a": "x" * 1001}}, "attributes.a"),
        ({"variants": [{"sku": "A", "prices": {"USD": 1}, "weightGrams": -1}]}, "variants[0].weightGrams"),
        ({"variants": [{"sku": "A", "prices": {"USD": 1}, "costs": {"USD": 0.5}}]}, "variants[0].costs.USD"),
    ],
)
async def test_what_does_not_fit_is_named(desk: Desk, change: dict[str, Any], field: str) -> None:
    """Each bound holds, and nothing is written."""
    body = {"title": "A", "variants": [{"sku": "A", "prices": {"USD": 1}}], **change}

    answer = await desk.staff("POST", PRODUCTS, body)

    assert answer.status_code == 422
    assert field in {error["field"] or "body" for error in answer.json()["errors"]}
    assert await listed(desk, "") == []


async def test_a_slug_is_one_products_alone(desk: Desk) -> None:
    """A slug of one's own is refused when it is taken, and one of the title is made another; a deleted one keeps it."""
    first = await desk.makes("mug")
    body = {"title": "Mug", "handle": "Mug-2", "variants": [{"sku": "B", "prices": {"USD": 1}}]}
    second = (await desk.staff("POST", PRODUCTS, body)).json()
    third = (
        await desk.staff(
            "POST", PRODUCTS, {**body, "handle": "mug_2", "variants": [{**body["variants"][0], "sku": "C"}]}
        )
    ).json()
    await desk.staff("DELETE", f"{PRODUCTS}/{first['id']}")

    given = await desk.staff("POST", PRODUCTS, {**body, "handle": "d", "slug": "mug"})
    moved = await desk.staff("PATCH", f"{PRODUCTS}/{second['id']}", {"slug": "mug"})

    assert (first["slug"], second["slug"]) == ("mug", "mug-2")
    assert third["slug"].startswith("mug-")
    assert third["slug"] not in ("mug", "mug-2")
    assert [(answer.status_code, answer.json()["field"]) for answer in (given, moved)] == [(409, "slug")] * 2


async def test_a_file_repeats_no_slug(shop: Shop) -> None:
    """Titles that are alike get slugs that are not, within a batch and beside what is there; a given one is refused."""
    await shop.stocks("mug")
    variant = {"prices": {"USD": 1}}
    rows = [{"sku": sku, "title": "Mug", "variants": [{"sku": sku, **variant}]} for sku in ("A", "B", "C")]
    rows += [{"sku": sku, "title": "X", "slug": "own", "variants": [{"sku": sku, **variant}]} for sku in ("D", "E")]

    report = await imports(shop, json_lines(*rows))

    slugs = {handle: whole.product.slug for handle, whole in (await shelf(shop)).items()}
    assert counts(report) == (4, 0, 0, 1)
    assert (report.errors[0].field, report.errors[0].message) == ("slug", "is already in use")
    assert len(set(slugs.values())) == 5
    assert (slugs["A"], slugs["B"], slugs["D"]) == ("a", "b", "own")


async def test_products_made_at_once_have_slugs_of_their_own(shop: Shop) -> None:
    """Four at the same time, all of one title: each is made, and no slug is repeated."""

    async def make(number: int) -> str:
        variant = VariantDraft(f"M{number}", {"prices": {"USD": 1}})
        draft = ProductDraft(f"mug.{number}", {"title": "Mug"}, variants=(variant,))
        while True:  # as a caller does who is told to try again: another kept the catalogue for two seconds
            try:
                async with shop.database.unit(shop.company_id) as unit:
                    return (await catalogue.create_product(unit, draft)).product.slug
            except asyncpg.LockNotAvailableError:
                continue

    slugs = await asyncio.gather(*(make(number) for number in range(4)))

    assert len(set(slugs)) == 4


async def test_a_deleted_product_is_hidden_and_kept(desk: Desk) -> None:
    """It is in no list but that of the deleted, can be read by its id, and comes back when it is made active."""
    mug, cup = await desk.makes("mug"), await desk.makes("cup")
    path = f"{PRODUCTS}/{mug['id']}"

    gone = (await desk.staff("DELETE", path)).json()
    again = (await desk.staff("DELETE", path)).json()
    lists = {status: await listed(desk, f"status={status}") for status in ("active", "inactive", "deleted")}
    everything = await listed(desk, "")
    variants = (await desk.staff("GET", "/api/admin/variants")).json()["items"]
    read = (await desk.staff("GET", path)).json()
    back = (await desk.staff("PATCH", path, {"active": True})).json()

    assert gone["deletedAt"] is not None
    assert again == gone == read
    assert lists == {"active": ["cup"], "inactive": [], "deleted": ["mug"]}
    assert everything == ["cup"]
    assert [variant["productId"] for variant in variants] == [cup["id"]]
    assert (back["active"], back["deletedAt"]) == (True, None)
    assert await listed(desk, "") == ["mug", "cup"]


async def test_lists_are_searched_and_filtered(desk: Desk) -> None:
    """By beginnings of words of title, category and attributes, a whole sku, a category; an odd text finds none."""
    await desk.makes("oak-bowl", categories=["kitchen"], attributes={"colour": "Crème"})
    await desk.makes("oak-table", categories=["living room"])
    await desk.makes("mug", categories=["kitchen"])

    found = {
        query: await listed(desk, query)
        for query in (
            "q=OAK", "q=bow%20oak", "q=cr%C3%A8me", "q=oak-table", "q=liv", "q=nothing", "q=!!", "q=o'%26|a",
            "category=kitchen", "category=kitchen&q=oak", "category=kit", "q=oak&limit=1",
        )
    }  # fmt: skip

    assert found == {
        "q=OAK": ["oak-bowl", "oak-table"],
        "q=bow%20oak": ["oak-bowl"],
        "q=cr%C3%A8me": ["oak-bowl"],
        "q=oak-table": ["oak-table"],
        "q=liv": ["oak-table"],
        "q=nothing": [],
        "q=!!": [],
        "q=o'%26|a": [],
        "category=kitchen": ["oak-bowl", "mug"],
        "category=kitchen&q=oak": ["oak-bowl"],
        "category=kit": [],
        "q=oak&limit=1": ["oak-bowl"],
    }


async def test_a_file_has_every_field(shop: Shop) -> None:
    """The same from CSV: pictures parted by spaces, grams, and costs by currency."""
    file = (
        b"product_handle,title,sku,price_USD,cost_USD,weight_grams,images\nmug,Mug,MUG,12.50,4.10,350,/a.jpg /b.jpg\n"
    )

    report = await imports(shop, file, "text/csv")

    mug = (await shelf(shop))["mug"]
    assert counts(report) == (1, 0, 0, 0)
    assert mug.product.images == ("/a.jpg", "/b.jpg")
    assert (mug.variants[0].costs, mug.variants[0].weight_grams) == ({"USD": 410}, 350)
