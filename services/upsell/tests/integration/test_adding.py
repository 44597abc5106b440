"""Adding an offer: through the cart service, once however often it is requested (rules.md 10)."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from contracts.upsell import UpsellAdded
from servicekit.ids import new_id
from servicekit.testing import Servers, client_of, make_settings
from upsell.main import create_app
from upsell.settings import UpsellSettings

from .shop import PATH, Shop


@pytest.fixture
async def narrow_client(servers: Servers, database_url: str, shop: Shop) -> AsyncGenerator[httpx.AsyncClient]:
    """The application with a single connection to its database."""
    settings = make_settings(
        UpsellSettings, servers, database_url, cart_url=shop.carts.url, db_pool_size=1, db_pool_timeout_seconds=1
    )
    async with client_of(create_app(settings)) as client:
        yield client


async def published_events(shop: Shop) -> list[Any]:
    """The additions that were published."""
    return [event.data for event in await shop.events(UpsellAdded)]


async def test_adding_goes_through_the_cart_service(shop: Shop) -> None:
    """The offered variant is added for the shopper, the answer is the cart, and the basis of the offer is published."""
    await shop.sells("mug", "tea")
    await shop.sold("mug tea", "mug tea")
    guest = shop.shopper()
    cart = guest.has("mug")
    await guest.sees()

    answer = await guest.adds("tea")

    cart_id, item = shop.carts.added[-1]
    assert (answer.status_code, answer.json()["id"]) == (201, str(cart.cart_id))
    assert (cart_id, item.product_id, item.variant_id) == (cart.cart_id, shop.ids["tea"], shop.variants["tea"])
    assert (item.quantity, item.source, item.actor) == (1, "upsell", "shopper")
    [event] = await published_events(shop)
    assert (event.product_id, event.basis, event.cart_id) == (shop.ids["tea"], "pairs", cart.cart_id)


async def test_variant_and_quantity_may_be_chosen(shop: Shop) -> None:
    """A client that shows sizes names the variant."""
    await shop.sells("mug")
    guest = shop.shopper()
    guest.has()
    variant = new_id()

    await guest.adds("mug", {"variantId": str(variant), "quantity": 3})

    _, item = shop.carts.added[-1]
    assert (item.variant_id, item.quantity) == (variant, 3)


async def test_adding_twice_with_one_key_adds_once(shop: Shop) -> None:
    """A retry replays the first answer (rules.md 10)."""
    await shop.sells("mug")
    guest = shop.shopper()
    guest.has()
    before = len(shop.carts.added)

    first = await guest.adds("mug", key="once")
    second = await guest.adds("mug", key="once")

    assert second.headers["idempotent-replayed"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert len(shop.carts.added) == before + 1
    assert len(await published_events(shop)) == 1


async def test_what_the_cart_refuses_is_passed_on(shop: Shop) -> None:
    """Status, code and the members beside them; nothing is published."""
    await shop.sells("mug")
    guest = shop.shopper()
    guest.has()
    shop.carts.refusals[shop.ids["mug"]] = {
        "status": 409,
        "code": "INSUFFICIENT_STOCK",
        "detail": "Only 2 left.",
        "action": "Take fewer.",
        "available": 2,
        "instance": "/internal/…",
    }

    answer = await guest.adds("mug", {"quantity": 5})

    problem = answer.json()
    assert answer.status_code == 409
    assert (problem["code"], problem["detail"], problem["available"]) == ("INSUFFICIENT_STOCK", "Only 2 left.", 2)
    assert problem["instance"] == f"{PATH}/{shop.ids['mug']}/add"
    assert await published_events(shop) == []


async def test_a_lost_answer_is_made_good_by_the_retry(shop: Shop) -> None:
    """The cart service added it and its answer was lost: called again under the shopper's key, it adds nothing more."""
    await shop.sells("mug")
    guest = shop.shopper()
    guest.has()
    before = len(shop.carts.added)
    shop.carts.lost.add(shop.ids["mug"])

    lost = await guest.adds("mug", key="once")
    published_loss = await published_events(shop)
    again = await guest.adds("mug", key="once")

    assert (lost.status_code, lost.json()["code"], published_loss) == (503, "SERVICE_UNAVAILABLE", [])
    assert again.status_code == 201
    assert len(shop.carts.added) == before + 1
    assert len(await published_events(shop)) == 1


async def test_a_commit_that_fails_is_made_good_by_the_retry(shop: Shop) -> None:
    """Added over there and not noted here, because somebody else had the row: the retry notes it, once."""
    await shop.sells("mug", "tea")
    guest = shop.shopper()
    guest.has()
    await guest.sees()
    before = len(shop.carts.added)

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE recommendations SET touched_at = touched_at")
        failed = await guest.adds("mug", key="once")
    again = await guest.adds("mug", key="once")

    assert (failed.status_code, again.status_code) == (409, 201)
    assert len(shop.carts.added) == before + 1
    assert len(await published_events(shop)) == 1


async def test_keys_of_different_shoppers_do_not_meet_at_the_cart_service(shop: Shop) -> None:
    """What is sent on is made of the shopper and the key, and has neither."""
    await shop.sells("mug")
    guest, other = shop.shopper(), shop.shopper()
    guest.has()
    other.has()
    before = len(shop.carts.added)

    answers = [await shopper.adds("mug", key="once") for shopper in (guest, other)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert len(shop.carts.added) == before + 2


async def test_no_connection_is_held_while_the_cart_service_answers(
    shop: Shop, narrow_client: httpx.AsyncClient
) -> None:
    """A slow cart service costs no other shopper a place: with one connection in all, others are served meanwhile."""
    await shop.sells("mug")
    guest, other = shop.shopper(), shop.shopper()
    guest.has()
    other.has()
    shop.carts.answers.clear()
    shop.carts.waiting.clear()

    adding = asyncio.create_task(guest.adds("mug", key="once", client=narrow_client))
    await asyncio.to_thread(shop.carts.waiting.wait, 10)
    meanwhile = await other.asks("GET", client=narrow_client)
    shop.carts.answers.set()

    assert meanwhile.status_code == 200
    assert (await adding).status_code == 201
