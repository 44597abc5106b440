"""What a storefront lists (api.md): what is on sale, in the site's currency, and nothing that only staff may know."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from contracts.cart import SiteChanged
from contracts.envelope import RecordedEvent
from inventory.storefront.use_cases.keep_answers import ANSWER_SECONDS, VERSION_SECONDS, KeptAnswers
from inventory.storefront.use_cases.show_catalogue import show_categories
from inventory.subscriptions import subscriptions
from servicekit.ids import new_id
from servicekit.testing import deliver

from .desk import Desk
from .shop import Shop

PRODUCTS = "/api/catalogue/products"


@pytest.fixture
async def site(shop: Shop) -> UUID:
    """The company's first site, which sells in dollars."""
    site_id = new_id()
    await changes_site(shop, site_id, "USD", 1)
    return site_id


async def changes_site(shop: Shop, site_id: UUID, currency: str, version: int, *, deleted: bool = False) -> None:
    """Let the site be as cart publishes it."""
    data = SiteChanged(
        name="Mugs",
        company_name="Mug & Co",
        site_type="STOREFRONT",
        currency=currency,
        locale="en",
        timezone="UTC",
        portal_url="http://shop.example",
        deleted=deleted,
    )
    async with shop.database.unit(shop.company_id) as unit:
        now = unit.now
    await deliver(subscriptions, RecordedEvent(data, shop.company_id, site_id, version, now), shop.database)


async def asks(desk: Desk, path: str, **headers: str) -> httpx.Response:
    """Ask as any browser does."""
    return await desk.client.get(path, headers={"x-company-id": str(desk.company_id), **headers})


async def slugs(desk: Desk, query: str = "") -> list[str]:
    """The slugs of a list; each test asks for one only once, since answers are kept for some seconds."""
    answer = await asks(desk, f"{PRODUCTS}?{query}")
    assert answer.status_code == 200, answer.text
    return [product["slug"] for product in answer.json()["items"]]


async def test_what_is_on_sale_is_shown_without_what_it_cost(desk: Desk, site: UUID) -> None:
    """Pictures, options, the site's price, few left; variants without such a price, and costs, are not in it."""
    variants: list[dict[str, Any]] = [
        {"sku": "S", "options": {"size": "S"}, "prices": {"USD": 900, "EUR": 800}, "costs": {"USD": 123}, "stock": 3},
        {"sku": "M", "prices": {"USD": 950}, "compareAtPrices": {"USD": 1000}, "stock": 40},
        {"sku": "L", "prices": {"USD": 990}, "tracked": False},
        {"sku": "gone", "prices": {"USD": 990}, "active": False},
        {"sku": "euro", "prices": {"EUR": 990}},
        {"sku": "none", "prices": {"USD": 990}},
        {"sku": "later", "prices": {"USD": 990}, "backorderable": True},
    ]
    body = {"title": "Shirt", "images": ["/a.jpg", "/b.jpg"], "attributes": {"cut": "slim"}, "variants": variants}
    await desk.staff("POST", "/api/admin/products", body)

    answer = await asks(desk, PRODUCTS)
    one = await asks(desk, f"{PRODUCTS}/shirt")
    euros = (await asks(desk, f"{PRODUCTS}/shirt?currency=EUR")).json()

    (product,) = answer.json()["items"]
    assert one.json() == product
    assert (product["slug"], product["currency"], product["images"]) == ("shirt", "USD", ["/a.jpg", "/b.jpg"])
    shown = {variant["sku"]: variant for variant in product["variants"]}
    assert {sku: (variant["price"], variant["availability"]) for sku, variant in shown.items()} == {
        "S": (900, {"inStock": True, "left": 3}),
        "M": (950, {"inStock": True, "left": None}),
        "L": (990, {"inStock": True, "left": None}),
        "none": (990, {"inStock": False, "left": 0}),
        "later": (990, {"inStock": True, "left": None}),
    }
    assert shown["M"]["compareAtPrice"] == 1000
    assert [(variant["sku"], variant["price"]) for variant in euros["variants"]] == [("S", 800), ("euro", 990)]
    assert "cost" not in answer.text
    assert "123" not in answer.text


async def test_products_are_found_by_words_and_category(desk: Desk, site: UUID) -> None:
    """Beginnings of words, a category, pages; what is off sale or deleted is in none of them."""
    await desk.makes("oak-bowl", categories=["kitchen", "new"])
    await desk.makes("oak-table", categories=["living"])
    off, deleted = await desk.makes("oak-door"), await desk.makes("oak-box", categories=["kitchen"])
    await desk.staff("PATCH", f"/api/admin/products/{off['id']}", {"active": False})
    await desk.staff("DELETE", f"/api/admin/products/{deleted['id']}")

    first = (await asks(desk, f"{PRODUCTS}?limit=1")).json()
    second = (await asks(desk, f"{PRODUCTS}?limit=1&cursor={first['nextCursor']}")).json()
    found = {query: await slugs(desk, query) for query in ("q=oak", "q=bo", "category=living", "q=!", "currency=JPY")}

    assert [page["items"][0]["slug"] for page in (first, second)] == ["oak-bowl", "oak-table"]
    assert second["nextCursor"] is None
    assert found == {
        "q=oak": ["oak-bowl", "oak-table"],
        "q=bo": ["oak-bowl"],
        "category=living": ["oak-table"],
        "q=!": [],
        "currency=JPY": [],
    }
    assert (await asks(desk, "/api/catalogue/categories")).json()["items"] == [
        {"name": "kitchen", "products": 1},
        {"name": "living", "products": 1},
        {"name": "new", "products": 1},
    ]
    assert [(await asks(desk, f"{PRODUCTS}/{slug}")).status_code for slug in ("oak-door", "oak-box", "nothing")] == [
        404,
        404,
        404,
    ]


async def test_the_site_says_the_currency(desk: Desk, shop: Shop, site: UUID) -> None:
    """Of the site that is named, else of the first; a site that is deleted, unknown or another company's is 404."""
    await desk.staff(
        "POST", "/api/admin/products", {"title": "Mug", "variants": [{"sku": "M", "prices": {"USD": 1, "EUR": 2}}]}
    )
    second = new_id()
    await changes_site(shop, second, "EUR", 2)
    await changes_site(shop, second, "JPY", 1)
    foreign = Shop(shop.database, new_id())
    await changes_site(foreign, new_id(), "USD", 1)

    by_site = (await asks(desk, f"{PRODUCTS}?siteId={second}")).json()["items"][0]
    elsewhere = await desk.client.get(PRODUCTS, headers={"x-company-id": str(foreign.company_id)})
    unknown = await asks(desk, f"{PRODUCTS}?siteId={new_id()}")
    no_site = await desk.client.get(PRODUCTS, headers={"x-company-id": str(new_id())})
    nobody = await desk.client.get(PRODUCTS)

    assert (by_site["currency"], by_site["variants"][0]["price"]) == ("EUR", 2)
    assert elsewhere.json()["items"] == []
    assert [answer.status_code for answer in (unknown, no_site, nobody)] == [404, 404, 400]


async def test_an_answer_has_a_tag_and_may_be_kept(desk: Desk, site: UUID) -> None:
    """The same again is 304 without a body, for a minute nobody need ask, and caches part companies."""
    await desk.makes("mug")

    answer = await asks(desk, PRODUCTS)
    again = await asks(desk, PRODUCTS, **{"if-none-match": f'"x", W/{answer.headers["etag"]}'})
    other = await asks(desk, PRODUCTS, **{"if-none-match": '"x"'})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert other.status_code == 200
    assert answer.headers["cache-control"] == "max-age=60"
    assert "x-company-id" in answer.headers["vary"].lower()


async def test_every_process_shows_a_change_within_a_second(desk: Desk, shop: Shop, site: UUID) -> None:
    """Two processes keep answers of their own; each makes one once, and again as soon as the version has risen."""
    now, made = 0.0, 0

    async def show(unit: Any) -> bytes:
        nonlocal made
        made += 1
        return await show_categories(unit)

    processes = [KeptAnswers(shop.database, clock=lambda: now) for _ in range(2)]

    async def ask() -> list[bytes]:
        answers = [await answers.get(shop.company_id, "categories", show) for answers in processes for _ in range(3)]
        return list(dict.fromkeys(answer.body for answer in answers))

    await desk.makes("mug", categories=["kitchen"])
    (before,), first = await ask(), made
    await desk.makes("cup", categories=["new"])
    now += VERSION_SECONDS
    (after,), second = await ask(), made
    now += VERSION_SECONDS
    assert [await ask(), made] == [[after], second]
    now += ANSWER_SECONDS
    await ask()

    assert before != after
    assert (first, second, made) == (2, 4, 6)


async def test_many_who_ask_at_once_wait_for_one(shop: Shop) -> None:
    """A hundred requests for what nobody keeps are one statement's work; a failure is kept by nobody."""
    made = 0

    async def show(_: Any) -> bytes:
        nonlocal made
        made += 1
        if made == 1:
            raise ValueError("the first fails")
        await asyncio.sleep(0)
        return b"{}"

    answers = KeptAnswers(shop.database)
    with pytest.raises(ValueError, match="the first fails"):
        await answers.get(shop.company_id, "x", show)
    found = await asyncio.gather(*(answers.get(shop.company_id, "x", show) for _ in range(100)))

    assert {answer.body for answer in found} == {b"{}"}
    assert made == 2


async def test_kept_answers_are_bounded(shop: Shop) -> None:
    """What was asked for longest ago makes room."""
    made: list[int] = []
    answers = KeptAnswers(shop.database, max_bytes=250)

    async def ask(number: int) -> None:
        async def show(_: Any) -> bytes:
            made.append(number)
            return b"x" * 100

        await answers.get(shop.company_id, number, show)

    for number in (1, 2, 1, 3, 1, 2):
        await ask(number)

    assert made == [1, 2, 3, 2]
