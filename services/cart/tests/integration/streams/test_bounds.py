"""Who may open streams, how many, and until when."""

from collections.abc import Generator

import httpx
import pytest
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.ids import new_id
from servicekit.testing.live import serving
from servicekit.testing.polling import poll
from servicekit.testing.tokens import mint_jwt

from ...shop import Shop
from ...streaming import refusal, tab


@pytest.fixture(scope="module")
def narrow(settings: CartSettings) -> Generator[str]:
    """The address of a process with room for three streams, two of one shopper."""
    few = settings.model_copy(update={"cart_streams": 3, "cart_streams_of_shopper": 2})
    with serving(create_app(few)) as address:
        yield address


async def test_a_stream_is_of_the_cart_that_its_credentials_open(shop: Shop, here: str) -> None:
    """Another session, another cart's id, another company and no credential open nothing (rules.md 7, 34)."""
    guest, other = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    foreign = {**guest.headers, "x-company-id": str(new_id())}

    assert await refusal(here, guest.path, shop.stranger(guest)) == (404, "CART_NOT_FOUND")
    assert await refusal(here, other.path, guest.headers) == (404, "CART_NOT_FOUND")
    assert await refusal(here, guest.path, foreign) == (404, "CART_NOT_FOUND")
    assert await refusal(here, guest.path, shop.anybody()) == (401, "UNAUTHENTICATED")
    assert await refusal(here, "/api/cart", {}) == (401, "UNAUTHENTICATED")
    assert await refusal(here, "/api/cart", shop.customer(), siteId=str(new_id())) == (404, "NOT_FOUND")
    assert await refusal(here, "/api/cart", shop.customer(), site=shop.site_id) == (422, "VALIDATION_FAILED")


async def test_the_shoppers_oldest_stream_makes_room_for_a_new_one(shop: Shop, narrow: str) -> None:
    """A device that is gone without a word does not keep its owner's others out."""
    guest = await shop.guest_cart({"mug": 1})

    async with (
        tab(narrow, guest.path, guest.headers) as oldest,
        tab(narrow, guest.path, guest.headers),
        tab(narrow, guest.path, guest.headers) as newest,
    ):
        assert (await oldest.end()).data == {"reason": "TOO_MANY_STREAMS", "reconnect": False}
        assert (await newest.next()).lines == {"mug": 1}


async def test_a_process_that_is_full_says_so(shop: Shop, narrow: str) -> None:
    """And takes a stream again as soon as one has ended."""
    one, two, three, four = [await shop.guest_cart({"mug": 1}) for _ in range(4)]
    full = (503, "SERVICE_UNAVAILABLE")

    async with tab(narrow, one.path, one.headers), tab(narrow, two.path, two.headers):
        async with tab(narrow, three.path, three.headers):
            assert await refusal(narrow, four.path, four.headers) == full

        async def has_room() -> bool:
            stream = httpx.AsyncClient(base_url=narrow, timeout=60)
            async with stream as client, client.stream("GET", f"{four.path}/stream", headers=four.headers) as response:
                return response.status_code == 200

        await poll(has_room, every_seconds=1.0)  # openings are limited too


async def test_a_stream_ends_with_its_token(shop: Shop, here: str) -> None:
    """And is to be opened again with a new one."""
    token = mint_jwt(shop.company_id, "ada", expires_in_seconds=2)

    async with tab(here, "/api/cart", {"authorization": f"Bearer {token}"}) as open_tab:
        assert (await open_tab.end()).data == {"reason": "TOKEN_EXPIRED", "reconnect": True}


async def test_a_company_without_live_carts_is_told_so(shop: Shop, settings: CartSettings) -> None:
    """CART_SYNC_ENABLED switches streams off, and nothing else."""
    guest = await shop.guest_cart({"mug": 1})

    with serving(create_app(settings.model_copy(update={"cart_sync_enabled": False}))) as address:
        assert await refusal(address, guest.path, guest.headers) == (403, "FEATURE_DISABLED")
        assert await refusal(address, "/api/cart", shop.customer()) == (403, "FEATURE_DISABLED")
    assert (await shop.read(guest))["status"] == "ACTIVE"
