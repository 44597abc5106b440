"""How a cart is abandoned, reactivated, restored and expires (rules.md 12, 13, 29)."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cart.carts.use_cases.run_timers import ABANDONMENT
from cart.main import create_app
from cart.settings import CartSettings
from contracts.cart import CartAbandoned, CartContactSet, CartExpired, CartReactivated
from servicekit.auth.service_tokens import mint_service_token
from servicekit.db import Database
from servicekit.testing import FixedClock, published
from servicekit.testing.http import client_of
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop
from ..timers import Time

THRESHOLD = timedelta(seconds=60)


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose carts are abandoned after a minute."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database, abandonmentSeconds=60, cartExpirationDays=30)


async def published_by(shop: Shop, *types: Any) -> list[Any]:
    """What was published of these types for this shop."""
    return [event for event in await published(shop.database, *types) if event.company_id == shop.company_id]


async def restore(shop: Shop, guest: Guest, abandonment_id: object) -> httpx.Response:
    """What recovery requests when a link was followed."""
    token = mint_service_token(SERVICE_TOKEN_SECRET, "recovery")
    return await shop.client.post(
        f"/internal/carts/{guest.cart_id}/restore",
        json={"abandonmentId": str(abandonment_id)},
        headers={"authorization": f"Bearer {token}", "x-company-id": str(shop.company_id)},
    )


async def test_an_idle_cart_is_abandoned_once(shop: Shop, time: Time) -> None:
    """At the threshold, with all that a mail needs, and not again in the same idle period."""
    guest = await shop.guest_cart({"mug": 2})

    await time.passes(THRESHOLD - timedelta(seconds=1))
    early = await published_by(shop, CartAbandoned)
    await time.passes(timedelta(seconds=1))
    await time.passes(timedelta(hours=1))

    abandoned = await published_by(shop, CartAbandoned)
    assert early == []
    assert len(abandoned) == 1
    assert abandoned[0].data.totals.total == 2500
    assert [line.title for line in abandoned[0].data.lines] == ["Mug"]
    assert (await shop.read(guest))["status"] == "ABANDONED"


async def test_adding_pushes_the_moment_on_without_writing_the_timer(shop: Shop, time: Time) -> None:
    """A cart found too early is looked at again at its real moment, because adding leaves `check_at` alone."""
    guest = await shop.guest_cart({"mug": 1})
    await time.passes(THRESHOLD / 2)
    await shop.add(guest, "mug")
    before = await check_at(shop, guest)
    await time.passes(THRESHOLD / 2)
    at_first_moment = await published_by(shop, CartAbandoned)

    await time.passes(THRESHOLD / 2)

    assert at_first_moment == []
    assert await check_at(shop, guest) > before
    assert len(await published_by(shop, CartAbandoned)) == 1


async def test_reading_is_not_activity_and_an_empty_cart_is_never_abandoned(shop: Shop, time: Time) -> None:
    """Who only looks is as idle as who does not (rules.md 13)."""
    reader, empty = await shop.guest_cart({"mug": 1}), await shop.guest_cart()

    for _ in range(4):
        await shop.read(reader)
        await shop.read(empty)
        await time.passes(THRESHOLD / 4)

    assert (await shop.read(reader))["status"] == "ABANDONED"
    assert (await shop.read(empty))["status"] == "ACTIVE"


async def test_a_cart_of_saved_items_alone_is_never_abandoned(shop: Shop, time: Time) -> None:
    """There is nothing in it to remind anybody of, until one is back (rules.md 13)."""
    guest = await shop.guest_cart({"mug": 1})
    line = (await shop.read(guest))["items"][0]["id"]
    await shop.client.post(f"{guest.path}/save-for-later/{line}", headers=guest.headers)
    await time.passes(THRESHOLD * 2)
    saved = await shop.read(guest)

    await shop.client.post(f"{guest.path}/move-to-cart/{line}", headers=guest.headers)
    await time.passes(THRESHOLD)

    assert (saved["status"], len(saved["savedItems"])) == ("ACTIVE", 1)
    assert (await shop.read(guest))["status"] == "ABANDONED"


async def test_a_change_reactivates_an_abandoned_cart(shop: Shop, time: Time) -> None:
    """It is ACTIVE again, that is published, and a new idle period has an abandonment of its own."""
    guest = await shop.guest_cart({"mug": 1})
    await time.passes(THRESHOLD)

    await shop.add(guest, "mug")
    read = await shop.read(guest)
    await time.passes(THRESHOLD)

    abandoned = await published_by(shop, CartAbandoned)
    reactivated = await published_by(shop, CartReactivated)
    assert read["status"] == "ACTIVE"
    assert [event.data.abandonment_id for event in reactivated] == [abandoned[0].data.abandonment_id]
    assert len({event.data.abandonment_id for event in abandoned}) == 2


async def test_restoring_opens_the_cart_for_the_visitor_and_says_what_changed(shop: Shop, time: Time) -> None:
    """Re-priced, with a token of the visitor's own; again changes nothing more (rules.md 29)."""
    guest = await shop.guest_cart({"mug": 2})
    await time.passes(THRESHOLD)
    abandonment_id = (await published_by(shop, CartAbandoned))[0].data.abandonment_id
    await shop.stock("mug", price=1300, available=1)

    first = (await restore(shop, guest, abandonment_id)).json()
    again = (await restore(shop, guest, abandonment_id)).json()

    line = first["cart"]["items"][0]
    assert first["cart"]["status"] == "ACTIVE"
    assert first["changes"] == [
        {"itemId": line["id"], "kind": "price", "from": 1250, "to": 1300},
        {"itemId": line["id"], "kind": "quantity", "from": 2, "to": 1},
    ]
    assert line["unitPrice"] == 1300
    assert again["cart"]["version"] == first["cart"]["version"]
    assert len({guest.token, first["sessionToken"], again["sessionToken"]}) == 3
    for token in (guest.token, first["sessionToken"]):
        assert await shop.lines({**guest.headers, "x-session-token": token}) == {"mug": 2}


async def test_a_link_of_an_earlier_abandonment_opens_the_cart_too(shop: Shop, time: Time) -> None:
    """Who came back, left again and then follows the older mail finds the cart, never nothing (rules.md 29)."""
    guest = await shop.guest_cart({"mug": 1})
    await time.passes(THRESHOLD)
    await shop.add(guest, "mug")
    first = (await published_by(shop, CartAbandoned))[0].data.abandonment_id
    reactivated = (await restore(shop, guest, first)).json()
    await time.passes(THRESHOLD)
    second = (await published_by(shop, CartAbandoned))[1].data.abandonment_id

    opened = (await restore(shop, guest, first)).json()

    assert reactivated["cart"]["status"] == opened["cart"]["status"] == "ACTIVE"
    assert reactivated["changes"] == []
    assert [event.data.abandonment_id for event in await published_by(shop, CartReactivated)] == [first, second]


async def test_one_broken_cart_keeps_no_other_from_its_moment(shop: Shop, time: Time) -> None:
    """A cart that cannot be read is put off and reported; the others, of any company, go on (rules.md 13)."""
    other = await Shop.open(shop.client, shop.database, abandonmentSeconds=60)
    broken, fine, theirs = [await s.guest_cart({"mug": 1}) for s in (shop, shop, other)]
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET codes = '[{}]' WHERE id = $1", broken.cart_id)

    await time.passes(THRESHOLD)
    await time.passes(timedelta(seconds=1))

    assert (await shop.read(fine))["status"] == "ABANDONED"
    assert (await other.read(theirs))["status"] == "ABANDONED"
    assert await check_at(shop, broken) > time.clock.now()


async def test_a_cart_expires_to_the_day_and_is_final(shop: Shop, time: Time) -> None:
    """Thirty idle days, open or abandoned; a change is 410, even before the job has run."""
    swept, unswept = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    await time.passes(timedelta(days=29, hours=23))
    still = await shop.read(swept)
    time.clock.advance(timedelta(hours=1))
    early = await shop.add(unswept, "mug")
    await time.passes(timedelta(0))

    late = await shop.add(swept, "mug")

    assert still["status"] == "ABANDONED"
    assert [(a.status_code, a.json()["code"]) for a in (early, late)] == [(410, "CART_EXPIRED")] * 2
    assert (await shop.read(swept))["status"] == "EXPIRED"
    assert len(await published_by(shop, CartExpired)) == 2


async def test_the_address_is_published_for_recovery_and_kept_nowhere(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """One event carries it, sealed; no table and no line of the log does (rules.md 35)."""
    guest = await shop.guest_cart({"mug": 1})
    body = {"email": "canary@example.com", "consent": True}

    answer = await shop.client.post(f"{guest.path}/contact", json=body, headers=guest.headers)

    assert answer.status_code == 200
    assert "canary" not in answer.text
    assert len(await published_by(shop, CartContactSet)) == 1
    assert "canary" not in capsys.readouterr().out
    assert await rows_with(shop, "canary") == set()
    assert "outbox" in await rows_with(shop, guest.cart_id)


async def check_at(shop: Shop, guest: Guest) -> Any:
    """The stored moment of the next look."""
    async with shop.database.unit(shop.company_id) as unit:
        return await unit.fetchval("SELECT check_at FROM carts WHERE id = $1", guest.cart_id)


async def rows_with(shop: Shop, text: str) -> set[str]:
    """The tables in which some row holds the text."""
    async with shop.database.system_unit() as unit:
        tables = await unit.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = set()
        for table in (row["tablename"] for row in tables):
            if await unit.fetchval(f"SELECT true FROM {table} AS t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1", text):
                found.add(table)
        return found


async def test_a_timer_leaves_a_cart_that_is_being_changed_for_its_next_run(shop: Shop, time: Time) -> None:
    """It waits for nobody, and moves the others on meanwhile."""
    held, free = await shop.guest_cart({"mug": 1}), await shop.guest_cart({"mug": 1})
    time.clock.advance(THRESHOLD)

    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("SELECT FROM carts WHERE id = $1 FOR UPDATE", held.cart_id)
        await time.due.run(ABANDONMENT)
        meanwhile = [(await shop.read(guest))["status"] for guest in (held, free)]
    await time.passes(timedelta())

    assert meanwhile == ["ACTIVE", "ABANDONED"]
    assert (await shop.read(held))["status"] == "ABANDONED"
