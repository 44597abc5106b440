"""What becomes of an offer: shown, added, dismissed."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellEvent, UpsellShown
from servicekit.ids import new_id
from servicekit.testing import mint_jwt

from .shop import PATH, Shop


async def published_events(shop: Shop, kind: type[UpsellEvent]) -> list[Any]:
    """The events of this kind."""
    return [event.data for event in await shop.events(kind)]


async def minute_passes(shop: Shop) -> None:
    """What was shown was shown a minute earlier than it was."""
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE recommendations SET shown_at = shown_at - interval '1 minute'")


async def test_showing_is_published_once_per_version_and_minute(shop: Shop) -> None:
    """Looking again publishes nothing new; looking at a changed cart does, but not within the same minute."""
    await shop.sells("mug", "tea")
    guest = shop.shopper()
    cart = guest.has("tea", version=1)

    await asyncio.gather(*(guest.sees() for _ in range(5)))
    guest.has("tea", version=2)
    await guest.sees()
    once = await published_events(shop, UpsellShown)
    await minute_passes(shop)
    await guest.sees()
    await minute_passes(shop)
    await guest.sees()

    assert [(event.cart_id, event.site_id, event.basis) for event in once] == [
        (cart.cart_id, cart.site_id, "catalogue")
    ]
    assert once[0].product_ids == (shop.ids["mug"],)
    assert len(await published_events(shop, UpsellShown)) == 2


async def test_a_dismissed_product_is_not_offered_again(shop: Shop) -> None:
    """To this cart; others still see it. Doing it twice is published once."""
    await shop.sells("mug", "tea")
    guest, other = shop.shopper(), shop.shopper()
    guest.has()
    other.has()

    answers = [await guest.dismisses("tea") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert (await guest.sees())["items"] == ["mug"]
    assert (await other.sees())["items"] == ["tea", "mug"]
    assert [event.product_id for event in await published_events(shop, UpsellDismissed)] == [shop.ids["tea"]]


async def test_every_event_is_a_new_version_of_the_carts_recommendation(shop: Shop) -> None:
    """One aggregate per cart, counted up by whatever happens to it."""
    await shop.sells("mug", "tea", "hat")
    guest = shop.shopper()
    guest.has()

    await guest.sees()
    await guest.dismisses("tea")
    await guest.adds("mug")

    events = await shop.events(UpsellShown, UpsellDismissed, UpsellAdded)
    assert [event.version for event in events] == [1, 2, 3]
    assert len({event.aggregate_id for event in events}) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda shop: ("GET", ""),
        lambda shop: ("POST", f"/{shop.ids['mug']}/add"),
        lambda shop: ("POST", f"/{shop.ids['mug']}/dismiss"),
    ],
)
async def test_a_cart_of_nobody_does_not_exist(shop: Shop, call: Callable[[Shop], tuple[str, str]]) -> None:
    """A wrong session token is answered like an absent cart (rules.md 7)."""
    await shop.sells("mug")
    nobody = shop.shopper()

    answer = await nobody.asks(*call(shop))

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


async def test_another_companys_product_cannot_be_dismissed(shop: Shop, stranger: Shop) -> None:
    """It does not exist, and neither does one that nobody has."""
    await stranger.sells("mug")
    guest = shop.shopper()
    guest.has()

    for product in (stranger.ids["mug"], new_id()):
        answer = await guest.asks("POST", f"/{product}/dismiss")
        assert (answer.status_code, answer.json()["code"]) == (404, "PRODUCT_NOT_FOUND")
    assert await shop.events() == []


async def test_a_session_opens_nothing_at_another_company(shop: Shop, stranger: Shop) -> None:
    """The token is known together with its company only (rules.md 7)."""
    guest = shop.shopper()
    guest.has()

    answer = await guest.asks("GET", headers={"x-company-id": str(stranger.company_id)})

    assert (answer.status_code, answer.json()["code"]) == (404, "CART_NOT_FOUND")


async def test_a_signed_in_customer_is_known_by_the_token(shop: Shop) -> None:
    """The cart is that of the JWT's subject, on the site it or the query names."""
    await shop.sells("mug")
    shop.carts.opens((shop.company_id, "carla"))
    token = mint_jwt(shop.company_id, "carla")

    answer = await shop.client.get(PATH, headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 1


async def test_without_a_credential_nothing_is_answered(client: httpx.AsyncClient, company_id: UUID) -> None:
    """Neither a token nor a session is 401, also beside a company; a session without its company is 400 (api.md)."""
    assert (await client.get(PATH)).status_code == 401
    assert (await client.get(PATH, headers={"x-company-id": str(company_id)})).status_code == 401
    assert (await client.get(PATH, headers={"x-session-token": "0" * 64})).status_code == 400


async def test_while_the_cart_is_away_best_sellers_are_shown(
    shop: Shop, client_without_carts: httpx.AsyncClient
) -> None:
    """Degraded, and it says so; in any currency unless one is requested; nothing is published."""
    await shop.receives(shop.product("mug"), shop.product("tea", shop.variant("tea", prices={"USD": 5, "CHF": 4})))
    await shop.sold("mug tea", "tea")
    guest = shop.shopper()

    every = (await guest.asks("GET", client=client_without_carts)).json()
    dollars = (await guest.asks("GET", "?currency=USD", client=client_without_carts)).json()

    assert (every["basis"], every["degraded"]) == ("best_sellers", True)
    assert [(shop.name_of(item["productId"]), item["currency"]) for item in every["items"]] == [
        ("tea", "CHF"),
        ("mug", "EUR"),
    ]
    assert [item["price"] for item in dollars["items"]] == [5]
    assert await shop.events() == []


@pytest.mark.parametrize("act", ["add", "dismiss"])
async def test_while_the_cart_is_away_nothing_is_written(
    shop: Shop, client_without_carts: httpx.AsyncClient, act: str
) -> None:
    """A clear 503, and nothing changed."""
    await shop.sells("mug")
    guest = shop.shopper()

    answer = await guest.asks("POST", f"/{shop.ids['mug']}/{act}", client=client_without_carts)

    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert await shop.events() == []
