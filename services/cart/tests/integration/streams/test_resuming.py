"""What a tab has missed it is sent: when it comes back, when hints got lost, and while Redis is away."""

from collections.abc import AsyncGenerator

import pytest
from cart.main import create_app
from cart.settings import CartSettings
from cart.streams.use_cases import follow_carts
from servicekit.testing.live import serving
from servicekit.testing.proxies import Wire, wired

from ...shop import Shop
from ...streaming import tab


@pytest.fixture
async def far(settings: CartSettings) -> AsyncGenerator[tuple[Wire, str]]:
    """An api process whose way to Redis can be cut, and its address."""
    async with wired(settings.redis_url) as (wire, redis_url):
        with serving(create_app(settings.model_copy(update={"redis_url": redis_url}))) as address:
            yield wire, address


@pytest.mark.usefixtures("relay")
async def test_who_comes_back_is_sent_the_cart_unless_it_is_still_like_that(shop: Shop, here: str, there: str) -> None:
    """The id is of the content, so that it counts at every process."""
    guest = await shop.guest_cart({"mug": 1})
    async with tab(here, guest.path, guest.headers) as before:
        seen = await before.next()

    async with tab(there, guest.path, guest.headers, last_id=seen.id) as again:
        await shop.add(guest, "mug", 1)
        assert (await again.next()).lines == {"mug": 2}
    async with tab(there, guest.path, guest.headers, last_id=seen.id) as late:
        assert (await late.next()).lines == {"mug": 2}


async def test_a_change_that_nobody_gave_a_hint_of_is_found(
    shop: Shop, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may die between its commit and its hint: there is no relay here."""
    monkeypatch.setattr(follow_carts, "INTERVAL_SECONDS", 0.2)
    guest = await shop.guest_cart({"mug": 1})

    async with tab(here, guest.path, guest.headers) as open_tab:
        await open_tab.next()
        await shop.add(guest, "mug", 1)
        assert (await open_tab.next()).lines == {"mug": 2}


@pytest.mark.usefixtures("relay")
async def test_while_redis_is_away_tabs_open_and_change_all_the_same(
    shop: Shop, far: tuple[Wire, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process looks by itself every few seconds, and listens again once Redis is back."""
    wire, address = far
    guest = await shop.guest_cart({"mug": 1})

    async with tab(address, guest.path, guest.headers) as open_tab:
        await open_tab.next()
        wire.cut()
        await shop.add(guest, "mug", 1)
        assert (await open_tab.next()).lines == {"mug": 2}
        async with tab(address, guest.path, guest.headers) as opened_meanwhile:
            assert (await opened_meanwhile.next()).lines == {"mug": 2}
        wire.mend()
        monkeypatch.setattr(follow_carts, "POLLING_SECONDS", 10_000.0)  # from now on by hints alone
        monkeypatch.setattr(follow_carts, "INTERVAL_SECONDS", 10_000.0)
        await shop.add(guest, "mug", 1)
        assert (await open_tab.next()).lines == {"mug": 3}
        await shop.add(guest, "mug", 1)
        assert (await open_tab.next()).lines == {"mug": 4}
