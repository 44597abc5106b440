"""A cart is shown to whoever has its link, without anything of whose it is, and copied by who likes it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cart.carts.persistence.selectors import Selector
from cart.main import create_app
from cart.settings import CartSettings
from cart.sharing.domain.links import MAX_LINKS
from cart.sharing.use_cases.share_cart import list_links, share_cart
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of

from ..shop import Customer, Guest, Shop, Shopper
from .test_customers import customer_cart, sign_in
from .test_ordering import order

WEEK = timedelta(days=7)


async def share(shop: Shop, shopper: Shopper, **body: Any) -> dict[str, Any]:
    """A new link to the shopper's cart."""
    answer = await shop.client.post(f"{shopper.path}/share", json=body, headers=shopper.headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def look(shop: Shop, link: dict[str, Any]) -> httpx.Response:
    """Follow a link, without any credential."""
    return await shop.client.get(f"/api/shared-carts/{link['token']}")


async def copy(shop: Shop, link: dict[str, Any], headers: dict[str, str], **more: str) -> httpx.Response:
    """Copy the link's cart into one's own."""
    return await shop.client.post(f"/api/shared-carts/{link['token']}/copy", headers={**headers, **more})


def left_out(answer: httpx.Response) -> dict[str, tuple[int, str]]:
    """What was not copied, by sku: how many there are, and why."""
    return {one["sku"]: (one["copied"], one["reason"]) for one in answer.json()["notCopied"]}


async def test_a_link_shows_the_catalogue_and_nothing_of_whose_the_cart_is(shop: Shop) -> None:
    """Today's list prices; no customer, cart, code, note, option of their own or price that was kept."""
    await customer_cart(shop, {"mug": 2}, "ada-lovelace")
    ada = Customer(shop.customer("ada-lovelace"))
    body = {"productId": str(shop.products["mug"][0]), "quantity": 1, "options": {"print": "for Bo"}}
    await shop.client.post("/api/cart/items", json={**body, "meta": {"gift": "secretly"}}, headers=ada.headers)
    cart = (await shop.client.get("/api/cart", headers=ada.headers)).json()
    link = await share(shop, ada)
    await shop.stock("mug", price=990)

    shown = await look(shop, link)

    assert shown.status_code == 200
    assert set(shown.json()) == {"currency", "expiresAt", "itemCount", "subtotal", "items"}
    assert [(item["sku"], item["quantity"], item["unitPrice"]) for item in shown.json()["items"]] == [
        ("mug", 2, 990),
        ("mug", 1, 990),
    ]
    assert (shown.json()["itemCount"], shown.json()["subtotal"]) == (3, 2970)
    lines = [line["id"] for line in cart["items"]]
    for private in ("ada-lovelace", cart["id"], "for Bo", "secretly", *lines):
        assert private not in shown.text
    assert shown.headers["cache-control"] == "no-store"


async def test_the_token_is_stored_nowhere(shop: Shop) -> None:
    """Only its hash is, whoever makes the link again under the same key gets the same token."""
    guest = await shop.guest_cart({"mug": 1})
    headers = {**guest.headers, "idempotency-key": "once"}

    first, again = [await shop.client.post(f"{guest.path}/share", json={}, headers=headers) for _ in range(2)]

    token = first.json()["token"]
    async with shop.database.system_unit() as unit:
        tables = await unit.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        found = [
            table["name"]
            for table in tables
            if await unit.fetchval(f"SELECT true FROM {table['name']} t WHERE strpos(t::text, $1) > 0 LIMIT 1", token)
        ]
    assert found == []
    assert again.json() == first.json()
    listed = await shop.client.get(f"{guest.path}/share", headers=guest.headers)
    assert [set(link) for link in listed.json()["items"]] == [{"id", "createdAt", "expiresAt"}]


async def test_links_that_show_nothing_are_answered_alike(shop: Shop) -> None:
    """Never made, of another company, ended, and of a cart that was ordered: nobody learns which."""
    guest, buyer = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    link, ordered = await share(shop, guest), await share(shop, buyer)
    await order(shop, buyer, "A-1")
    ended = await shop.client.delete(f"{guest.path}/share/{link['id']}", headers=guest.headers)
    again = await shop.client.delete(f"{guest.path}/share/{link['id']}", headers=guest.headers)

    tokens = (link["token"], ordered["token"], new_id().hex + link["token"][32:], "0" * 96, "x")
    answers = [await look(shop, {"token": token}) for token in tokens]

    assert (ended.status_code, again.status_code) == (204, 404)
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "NOT_FOUND")}
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_a_link_expires(settings: CartSettings, database: Database, clock: FixedClock) -> None:
    """To the second, for looking and for copying."""
    async with client_of(create_app(settings, clock)) as client:
        shop = await Shop.open(client, database)
        guest, other = await shop.guest_cart({"mug": 1}), await shop.guest_cart()
        link = await share(shop, guest, expiresInHours=1)
        clock.advance(timedelta(minutes=59))
        before = await look(shop, link)
        clock.advance(timedelta(minutes=1))

        answers = [await look(shop, link), await copy(shop, link, other.headers)]

    assert before.status_code == 200
    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_cart_has_so_many_links_and_the_oldest_ends_for_one_more(shop: Shop) -> None:
    """Who makes links without end fills no table."""
    guest = await shop.guest_cart({"mug": 1})
    selector = Selector.by_id(guest.cart_id)  # type: ignore[arg-type]  # a text is an id to PostgreSQL's driver as well
    async with shop.database.unit(shop.company_id) as unit:
        made = [await share_cart(unit, selector, WEEK, unit.now) for _ in range(MAX_LINKS + 1)]
        links = await list_links(unit, selector, unit.now)

    assert [link.id for link in links] == [new.link.id for new in reversed(made[1:])]


async def test_copying_takes_what_can_be_had_and_names_the_rest(shop: Shop) -> None:
    """Sold out, too few, withdrawn, and what has to be chosen; copied lines say where they are from."""
    for sku in ("bowl", "vase", "plate", "cup"):
        await shop.stock(sku, price=2400)
    guest, other = await shop.guest_cart({"mug": 2, "bowl": 1, "vase": 5, "plate": 1}), await shop.guest_cart()
    engraved = {"productId": str(shop.products["cup"][0]), "quantity": 1, "options": {"print": "Ada"}}
    await shop.client.post(f"{guest.path}/items", json=engraved, headers=guest.headers)
    link = await share(shop, guest)
    await shop.left("bowl", 0)
    await shop.left("vase", 3)
    await shop.stock("plate", price=2400, active=False)

    answer = await copy(shop, link, other.headers)

    assert answer.status_code == 200, answer.text
    assert {line["sku"]: (line["quantity"], line["source"]) for line in answer.json()["items"]} == {
        "mug": (2, "shared"),
        "vase": (3, "shared"),
    }
    assert left_out(answer) == {
        "bowl": (0, "ITEM_OUT_OF_STOCK"),
        "vase": (3, "INSUFFICIENT_STOCK"),
        "plate": (0, "PRODUCT_UNAVAILABLE"),
        "cup": (0, "NEEDS_CHOICE"),
    }
    assert await shop.lines(guest.headers) == {"mug": 2, "bowl": 1, "vase": 5, "plate": 1, "cup": 1}


async def test_of_eight_copies_at_once_the_cart_has_one(shop: Shop) -> None:
    """Of what is there already the larger quantity stays, so a retry changes nothing."""
    guest, other = await shop.guest_cart({"mug": 3}), await shop.guest_cart({"mug": 1})
    link = await share(shop, guest)

    answers = await asyncio.gather(*(copy(shop, link, other.headers) for _ in range(8)))
    version = (await shop.read(other))["version"]
    again = await copy(shop, link, other.headers)

    assert {answer.status_code for answer in answers} == {200}
    assert await shop.lines(other.headers) == {"mug": 3}
    assert (again.json()["version"], left_out(again)) == (version, {})


async def test_a_customer_copies_into_the_cart_of_the_site(shop: Shop) -> None:
    """Theirs has to be open; another company's customers see no cart."""
    link = await share(shop, await shop.guest_cart({"mug": 2}))
    without = await copy(shop, link, shop.customer("bo"))
    await customer_cart(shop, {}, "bo")
    elsewhere = await Shop.open(shop.client, shop.database)

    copied = await copy(shop, link, shop.customer("bo"))
    foreign = await copy(shop, link, elsewhere.customer("bo"))
    nobody = await copy(shop, link, {})

    assert (without.status_code, without.json()["code"]) == (404, "CART_NOT_FOUND")
    assert (copied.status_code, await shop.lines(shop.customer("bo"))) == (200, {"mug": 2})
    assert (foreign.status_code, nobody.status_code) == (404, 401)


async def test_after_the_sign_in_a_link_shows_what_the_guest_had(shop: Shop) -> None:
    """Not what the customer has beside it; and it is the customer's to end."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"mug": 2})
    link = await share(shop, guest)
    await customer_cart(shop, {"bowl": 1})
    await sign_in(shop, guest)
    ada = Customer(shop.customer())
    shown = (await look(shop, link)).json()
    listed = (await shop.client.get("/api/cart/share", headers=ada.headers)).json()

    ended = await shop.client.delete(f"/api/cart/share/{link['id']}", headers=ada.headers)

    assert [item["sku"] for item in shown["items"]] == ["mug"]
    assert [one["id"] for one in listed["items"]] == [link["id"]]
    assert (ended.status_code, (await look(shop, link)).status_code) == (204, 404)


@pytest.mark.parametrize("hours", [0, 721, "1"])
async def test_a_link_lasts_between_an_hour_and_a_month(shop: Shop, hours: object) -> None:
    """Anything else is 422."""
    guest = await shop.guest_cart({"mug": 1})

    answer = await shop.client.post(f"{guest.path}/share", json={"expiresInHours": hours}, headers=guest.headers)

    assert answer.status_code == 422


async def test_support_sees_that_a_cart_was_shared(shop: Shop) -> None:
    """When, and by which link; never the token."""
    guest: Guest = await shop.guest_cart({"mug": 1})
    link = await share(shop, guest)
    await shop.client.delete(f"{guest.path}/share/{link['id']}", headers=guest.headers)

    answer = await shop.client.get(f"/api/admin/carts/{guest.cart_id}/activity", headers=shop.staff())

    entries = [(one["kind"], one["data"]) for one in answer.json()["items"][:2]]
    assert entries == [("SHARING_ENDED", {"linkId": link["id"]}), ("SHARED", {"linkId": link["id"]})]
