"""The staff's routes: catalogue, stock, warehouses, import (api.md, "Admin")."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from servicekit.ids import new_id

from .desk import Desk


def fields_of(answer: httpx.Response) -> set[str]:
    """The fields that a 422 names."""
    assert answer.status_code == 422, answer.text
    return {error["field"] for error in answer.json()["errors"]}


async def test_a_product_is_made_read_changed_and_taken_off_sale(desk: Desk) -> None:
    """The life of a product; each real change is a new version, the same again is none."""
    made = await desk.makes("mug", categories=["kitchen"], imageUrl="/mug.svg")
    path = f"/api/admin/products/{made['id']}"

    renamed = (await desk.staff("PATCH", path, {"title": "Cup", "imageUrl": None})).json()
    same = (await desk.staff("PATCH", path, {"title": "Cup"})).json()
    gone = (await desk.staff("DELETE", path)).json()

    assert made["handle"] == "mug"
    assert made["slug"] == "mug"
    assert made["variants"][0]["available"] == 10
    assert (renamed["title"], renamed["imageUrl"], renamed["version"]) == ("Cup", None, 2)
    assert same["version"] == 2
    assert (gone["active"], gone["version"]) == (False, 3)
    assert (await desk.staff("GET", path)).json() == gone


async def test_given_ids_are_kept_and_taken_keys_refused(desk: Desk) -> None:
    """Ids may be given; a handle, sku or id in use is a conflict that names the field."""
    product_id, variant_id = str(new_id()), str(new_id())
    variant = {"id": variant_id, "sku": "A", "prices": {"USD": 1}}
    body = {"id": product_id, "handle": "a", "title": "A", "variants": [variant]}

    made = (await desk.staff("POST", "/api/admin/products", body)).json()
    refusals = [
        await desk.staff("POST", "/api/admin/products", changed)
        for changed in (
            {**body, "id": None},
            {**body, "handle": "b"},
            {**body, "handle": "b", "variants": [{**variant, "sku": "B"}]},
        )
    ]

    assert (made["id"], made["variants"][0]["id"]) == (product_id, variant_id)
    assert [answer.status_code for answer in refusals] == [409, 409, 409]
    assert [answer.json()["field"] for answer in refusals] == ["handle", "sku", "id"]


async def test_variants_are_added_and_changed(desk: Desk) -> None:
    """A variant joins a product with its opening stock; its product's version rises with each change."""
    product = await desk.makes("mug")
    body = {"productId": product["id"], "sku": "mug-l", "prices": {"USD": 1500, "JPY": 2000}, "stock": 4}

    added = await desk.staff("POST", "/api/admin/variants", body)
    path = f"/api/admin/variants/{added.json()['id']}"
    changed = await desk.staff("PATCH", path, {"prices": {"USD": 1400}, "tracked": False})
    clash = await desk.staff("PATCH", path, {"sku": "mug"})
    listed = await desk.staff("GET", f"/api/admin/variants?productId={product['id']}")

    assert added.status_code == 201
    assert (added.json()["available"], added.json()["title"]) == (4, "Mug")
    assert (changed.json()["prices"], changed.json()["available"]) == ({"USD": 1400}, None)
    assert clash.status_code == 409
    assert [variant["sku"] for variant in listed.json()["items"]] == ["mug", "mug-l"]
    assert (await desk.staff("GET", f"/api/admin/products/{product['id']}")).json()["version"] == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": 5}, "price"),
        ({"title": ""}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": 5}, "title"),
        ({"variants": []}, "variants"),
        ({"imageUrl": "javascript:alert(1)"}, "imageUrl"),
        ({"categories": ["x" * 101]}, "categories[0]"),
        ({"variants": [{"sku": "A", "prices": {"USD": -1}}]}, "variants[0].prices.USD"),
        ({"variants": [{"sku": "A", "prices": {"USD": 1.5}}]}, "variants[0].prices.USD"),
        ({"variants": [{"sku": "A", "prices": {}}]}, "variants[0].prices"),
        ({"variants": [{"sku": "A", "prices": {"USD": 1}, "stock": 10**18}]}, "variants[0].stock"),
    ],
)
async def test_a_bad_product_is_refused_by_field(desk: Desk, change: dict[str, Any], field: str) -> None:
    """Every field that does not fit is named, and nothing is written."""
    body = {"title": "A", "variants": [{"sku": "A", "prices": {"USD": 1}}], **change}

    assert field in fields_of(await desk.staff("POST", "/api/admin/products", body))
    assert (await desk.staff("GET", "/api/admin/products")).json()["items"] == []


async def test_an_unknown_currency_is_refused(desk: Desk) -> None:
    """Prices are keyed by ISO 4217 codes (rules.md 1)."""
    body = {"title": "A", "variants": [{"sku": "A", "prices": {"ZZZ": 1}}]}

    (field,) = fields_of(await desk.staff("POST", "/api/admin/products", body))

    assert field.startswith("variants[0].prices.ZZZ")


async def test_lists_come_in_pages(desk: Desk) -> None:
    """Following nextCursor gives everything once, in one order; a broken cursor is refused."""
    for number in range(5):
        await desk.makes(f"mug-{number}")
    seen, cursor = [], ""
    while True:
        page = (await desk.staff("GET", f"/api/admin/products?limit=2{cursor}")).json()
        seen += [product["handle"] for product in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert seen == [f"mug-{number}" for number in range(5)]
    assert fields_of(await desk.staff("GET", "/api/admin/products?cursor=nonsense")) == {"cursor"}
    assert len((await desk.staff("GET", "/api/admin/products?handle=mug-3")).json()["items"]) == 1


async def test_stock_is_corrected_with_a_reason(desk: Desk) -> None:
    """By a difference or to a number, with safety stock; never below what is held."""
    variant = (await desk.makes("mug"))["variants"][0]["id"]
    path = f"/api/admin/stock/{variant}/adjust"
    place = {"cartId": str(new_id()), "siteId": str(new_id()), "owner": "ada"}
    await desk.service("POST", "/internal/holds", {**place, "lines": [{"variantId": variant, "quantity": 4}]})

    less = await desk.staff("POST", path, {"delta": -3, "reason": "broken"})
    counted = await desk.staff("POST", path, {"onHand": 12, "safety": 2, "reason": "counted"})
    below = await desk.staff("POST", path, {"onHand": 3, "reason": "stolen"})
    (row,) = (await desk.staff("GET", "/api/admin/stock?sku=mug")).json()["items"]

    assert (less.json()["onHand"], less.json()["available"]) == (7, 3)
    assert (counted.json()["onHand"], counted.json()["available"]) == (12, 6)
    assert (below.status_code, below.json()["held"]) == (409, 4)
    assert row == counted.json()


@pytest.mark.parametrize("body", [{"reason": "x"}, {"delta": 1, "onHand": 1, "reason": "x"}, {"delta": 1}])
async def test_an_adjustment_says_what_and_why(desk: Desk, body: dict[str, Any]) -> None:
    """One way to say the number, and a reason, or nothing happens."""
    variant = (await desk.makes("mug"))["variants"][0]["id"]

    assert (await desk.staff("POST", f"/api/admin/stock/{variant}/adjust", body)).status_code == 422
    assert (await desk.staff("GET", "/api/admin/stock")).json()["items"][0]["onHand"] == 10


async def test_warehouses_keep_stock_apart(desk: Desk) -> None:
    """A second warehouse gets stock by adjusting; the variant's availability is the sum."""
    product = await desk.makes("mug")
    variant = product["variants"][0]["id"]

    made = await desk.staff("POST", "/api/admin/warehouses", {"code": "north", "name": "North"})
    again = await desk.staff("POST", "/api/admin/warehouses", {"code": "north", "name": "North"})
    body = {"onHand": 5, "reason": "delivered", "warehouseId": made.json()["id"]}
    await desk.staff("POST", f"/api/admin/stock/{variant}/adjust", body)
    nowhere = await desk.staff("POST", f"/api/admin/stock/{variant}/adjust", {**body, "warehouseId": str(new_id())})

    assert (made.status_code, again.status_code, nowhere.status_code) == (201, 409, 404)
    listed = (await desk.staff("GET", "/api/admin/warehouses")).json()["items"]
    assert [(row["code"], row["isDefault"]) for row in listed] == [("main", True), ("north", False)]
    read = (await desk.staff("GET", f"/api/admin/products/{product['id']}")).json()
    assert read["variants"][0]["available"] == 15


async def test_a_repeated_creation_happens_once(desk: Desk) -> None:
    """The same Idempotency-Key answers the first creation again (rules.md 10)."""
    body = {"title": "Mug", "variants": [{"sku": "mug", "prices": {"USD": 1}}]}
    key = {"idempotency-key": "one and only".replace(" ", "-")}

    first = await desk.staff("POST", "/api/admin/products", body, **key)
    again = await desk.staff("POST", "/api/admin/products", body, **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json() == again.json()


async def test_roles_decide_who_may_write(desk: Desk) -> None:
    """Support and viewers read, admins write, shoppers and strangers do neither (rules.md 36)."""
    body = {"title": "Mug", "variants": [{"sku": "mug", "prices": {"USD": 1}}]}

    writes = [
        (await desk.staff("POST", "/api/admin/products", body, role=role)).status_code
        for role in ("viewer", "customer")
    ]
    reads = [
        (await desk.staff("GET", "/api/admin/products", role=role)).status_code
        for role in ("viewer", "support", "customer")
    ]

    assert (writes, reads) == ([403, 403], [200, 200, 403])
    assert (await desk.client.get("/api/admin/products")).status_code == 401


async def test_a_file_is_imported_with_a_report(desk: Desk) -> None:
    """The route reads CSV and JSON Lines, reports bad rows, and refuses a bad header and other formats."""
    csv = b"product_handle,title,sku,price_USD\nmug,Mug,MUG,12.50\ncup,Cup,CUP,x\n"

    report = (await desk.sends(csv, "text/csv; charset=utf-8")).json()
    json = (
        await desk.sends(
            b'{"handle":"jar","title":"Jar","variants":[{"sku":"J","prices":{"USD":1}}]}', "application/x-ndjson"
        )
    ).json()
    header = await desk.sends(b"product_handle,sku,colour\n", "text/csv")
    other = await desk.sends(b"{}", "application/json")

    assert {name: report[name] for name in ("created", "updated", "unchanged", "rejected")} == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert [(error["line"], error["field"]) for error in report["errors"]] == [(3, "price_USD")]
    assert json["created"] == 1
    assert fields_of(header) == {"colour"}
    assert other.status_code == 415


async def test_who_may_import_is_judged_before_the_file(desk: Desk) -> None:
    """The gateway's question is answered as the import would be; the import reads nothing of a stranger's."""

    async def file() -> AsyncIterator[bytes]:
        pytest.fail("the file was read")
        yield b""

    question = "/internal/imports/permission"
    answers = {role: (await desk.staff("GET", question, role=role)).status_code for role in ("admin", "viewer")}
    unknown = await desk.client.get(question)
    refused = await desk.client.post(
        "/api/admin/products/import", content=file(), headers={"content-type": "application/x-ndjson"}
    )

    assert answers == {"admin": 204, "viewer": 403}
    assert (unknown.status_code, refused.status_code) == (401, 401)


async def test_a_file_may_be_large_but_not_endless(desk: Desk) -> None:
    """Imports take up to 64 MiB where other bodies end at one (api.md, "Limits")."""
    bulk = b"\n" * (2 * 1024 * 1024)

    assert (await desk.sends(bulk, "application/x-ndjson")).status_code == 200
    assert (await desk.sends(b"\n" * (64 * 1024 * 1024 + 1), "application/x-ndjson")).status_code == 413
    assert (await desk.staff("POST", "/api/admin/products", {"title": "x" * 1_100_000})).status_code == 413
