"""What a cart with nothing in it costs: no look at whether it is abandoned, until its first line (rules.md 13)."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cart.carts.use_cases.run_timers import ABANDONMENT
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.db import Database
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of

from ..shop import Guest, Shop
from ..timers import Time, run_timers

HOUR = timedelta(hours=1)
MONTH = 30 * 24 * HOUR


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose carts are abandoned after an hour, and expire after 31 days."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database, abandonmentSeconds=3600, cartExpirationDays=31)


async def row(shop: Shop, guest: Guest, columns: str) -> tuple[Any, ...]:
    """Columns of the cart's row, as they are stored."""
    async with shop.database.unit(shop.company_id) as unit:
        found = await unit.fetchrow(f"SELECT {columns} FROM carts WHERE id = $1", guest.cart_id)
    return tuple(found or ())


async def is_checked_by(shop: Shop, guest: Guest, moment: datetime) -> bool:
    """Whether the timer of abandonment looks at the cart at that moment, or before."""
    (check_at,) = await row(shop, guest, "check_at")
    return check_at is not None and check_at <= moment


async def test_an_empty_cart_is_written_no_more_in_a_month(shop: Shop, time: Time) -> None:
    """Neither one that never had a line, nor, after one last look, one that was emptied."""
    fresh, emptied = await shop.guest_cart(), await shop.guest_cart()
    line = (await shop.add(emptied, "mug")).json()["items"][0]["id"]
    await shop.client.delete(f"{emptied.path}/items/{line}", headers=emptied.headers)
    before, writes = [await row(shop, guest, "xmin::text") for guest in (fresh, emptied)], [0, 0]

    for _ in range(MONTH // HOUR):
        await time.passes(HOUR)
        now = [await row(shop, guest, "xmin::text") for guest in (fresh, emptied)]
        writes = [count + (a != b) for count, a, b in zip(writes, before, now, strict=True)]
        before = now

    assert writes == [0, 1]


async def test_the_first_line_begins_the_idle_period(shop: Shop, time: Time) -> None:
    """However long the cart was empty; what is added to it then leaves its timer alone."""
    guest = await shop.guest_cart()
    await time.passes(10 * HOUR)

    await shop.add(guest, "mug")
    first = await row(shop, guest, "check_at, expiry_check_at")
    time.clock.advance(HOUR / 2)
    await shop.add(guest, "mug")
    second = await row(shop, guest, "check_at, expiry_check_at")
    await time.passes(HOUR / 2)
    early = await shop.read(guest)
    await time.passes(HOUR / 2)

    assert second == first
    assert (early["status"], (await shop.read(guest))["status"]) == ("ACTIVE", "ABANDONED")


async def test_lines_that_come_by_a_merge_begin_it_too(shop: Shop, time: Time) -> None:
    """The customer's cart was empty, and for long."""
    await shop.client.post("/api/cart", json={}, headers=shop.customer())
    await time.passes(10 * HOUR)
    guest = await shop.guest_cart({"mug": 2})

    merged = await shop.client.post("/api/cart/merge", json={"sessionToken": guest.token}, headers=shop.customer())
    await time.passes(HOUR)

    assert merged.json()["mergeChanges"][0]["kind"] == "added"
    assert (await shop.client.get("/api/cart", headers=shop.customer())).json()["status"] == "ABANDONED"


async def test_an_abandoned_cart_that_is_emptied_is_looked_at_no_more(shop: Shop, time: Time) -> None:
    """Emptying it reactivates it; a line put into it begins a new idle period."""
    guest = await shop.guest_cart({"mug": 2})
    await time.passes(HOUR)
    line = (await shop.read(guest))["items"][0]["id"]

    await shop.client.delete(f"{guest.path}/items/{line}", headers=guest.headers)
    emptied = await is_checked_by(shop, guest, time.clock.now() + MONTH)
    await shop.add(guest, "mug")
    await time.passes(HOUR)

    assert not emptied
    assert (await shop.read(guest))["status"] == "ABANDONED"


async def test_an_empty_cart_expires_to_the_day(shop: Shop, time: Time) -> None:
    """Its other timer goes on."""
    guest = await shop.guest_cart()

    await time.passes(timedelta(days=31))

    assert (await shop.read(guest))["status"] == "EXPIRED"


async def test_a_cart_whose_check_is_too_late_gets_it_with_its_next_change(shop: Shop, time: Time) -> None:
    """An older version put the first line into it, and left the moment absent; or the site's threshold was longer."""
    lines = {"mug": 1}
    never, late = await shop.guest_cart(lines), await shop.guest_cart(lines)
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET check_at = NULL WHERE id = $1", never.cart_id)
        await unit.execute("UPDATE carts SET check_at = check_at + interval '9 days' WHERE id = $1", late.cart_id)

    for guest in (never, late):
        await shop.add(guest, "mug")
    await time.passes(HOUR)

    assert [(await shop.read(guest))["status"] for guest in (never, late)] == ["ABANDONED"] * 2


async def test_a_cart_that_an_older_version_filled_is_found(shop: Shop, time: Time) -> None:
    """It left the moment as it was, absent; nobody changes the cart any more."""
    empty, filled = await shop.guest_cart(), await shop.guest_cart({"mug": 1})
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET check_at = NULL WHERE id = $1", filled.cart_id)
    await time.passes(HOUR)
    (overlooked,) = await row(shop, filled, "status")

    counted = [await time.due.find_overlooked(dry_run=dry_run) for dry_run in (True, False, False)]
    await time.passes(timedelta())

    assert (overlooked, counted) == ("ACTIVE", [1, 1, 0])
    assert [(await shop.read(guest))["status"] for guest in (empty, filled)] == ["ACTIVE", "ABANDONED"]


async def test_empty_carts_of_before_are_looked_at_one_last_time(shop: Shop, time: Time) -> None:
    """They had a moment of their own, and lose it then."""
    guest = await shop.guest_cart()
    async with shop.database.unit(shop.company_id) as unit:
        await unit.execute("UPDATE carts SET check_at = $2 WHERE id = $1", guest.cart_id, time.clock.now() + HOUR)

    time.clock.advance(HOUR)
    await time.due.run(ABANDONMENT)
    await run_timers(time.due)

    assert await row(shop, guest, "check_at, status") == (None, "ACTIVE")
