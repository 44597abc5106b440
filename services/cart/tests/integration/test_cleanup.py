"""Carts that ended long ago are deleted with all that belongs to them (operations.md, "Jobs")."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from typing import cast
from uuid import UUID

import pytest
from cart.carts.persistence import cleanup
from cart.carts.use_cases.clean_up_carts import KEPT, clean_up_carts
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.auth.service_tokens import mint_service_token
from servicekit.db import Database, TenantUnit
from servicekit.testing import FixedClock
from servicekit.testing.http import client_of
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..shop import Guest, Shop
from ..timers import Time
from .test_customers import customer_cart, sign_in

DAY = timedelta(days=1)
PARTS = ("cart_items", "cart_sessions", "cart_activity")
"""What belongs to every cart of these tests."""


@pytest.fixture
async def shop(settings: CartSettings, database: Database, clock: FixedClock) -> AsyncGenerator[Shop]:
    """A shop whose carts are abandoned after a minute, and expire after a month."""
    async with client_of(create_app(settings, clock)) as client:
        yield await Shop.open(client, database, abandonmentSeconds=60)


class Killed(BaseException):
    """The process ends here."""


class MortalDatabase:
    """A database whose process is killed before a tenant unit commits: the one after `lives` others."""

    def __init__(self, database: Database, lives: int) -> None:
        self.database, self.clock, self.lives = database, database.clock, lives
        self.system_unit = database.system_unit
        self.turns: list[UUID] = []

    def unit(self, company_id: UUID) -> AbstractAsyncContextManager[TenantUnit]:
        """A unit, or the last one."""
        self.turns.append(company_id)
        self.lives -= 1
        return self.database.unit(company_id) if self.lives >= 0 else self._last(company_id)

    def _last(self, company_id: UUID) -> AbstractAsyncContextManager[TenantUnit]:
        unit = self.database.unit(company_id)

        class Last(AbstractAsyncContextManager[TenantUnit]):
            async def __aenter__(self) -> TenantUnit:
                return await unit.__aenter__()

            async def __aexit__(self, *_: object) -> None:
                await unit.__aexit__(Killed, Killed(), None)
                raise Killed

        return Last()


async def parts_of(shop: Shop, *guests: Guest) -> dict[str, set[str]]:
    """Which of these carts have rows in each table."""
    ids = [guest.cart_id for guest in guests]
    found = {}
    async with shop.database.unit(shop.company_id) as unit:
        for table, column in (("carts", "id"), *((table, "cart_id") for table in PARTS)):
            rows = await unit.fetch(f"SELECT {column} AS id FROM {table} WHERE {column} = ANY ($1::uuid[])", ids)
            found[table] = {str(row["id"]) for row in rows}
    return found


def all_of(*guests: Guest) -> dict[str, set[str]]:
    """The same, of carts that are whole."""
    return {table: {guest.cart_id for guest in guests} for table in ("carts", *PARTS)}


async def test_old_carts_go_with_all_that_is_theirs_and_young_ones_stay(shop: Shop, time: Time) -> None:
    """EXPIRED and MERGED ones go when 90 days have passed, to the day; a dry run counts them and deletes nothing."""
    expired = await shop.guest_cart({"mug": 1})
    await time.passes(30 * DAY)
    merged = await shop.guest_cart({"mug": 2})
    await customer_cart(shop, {"mug": 1})
    await sign_in(shop, merged)
    await time.passes(KEPT - DAY)
    young = await shop.guest_cart({"mug": 1})
    early = await clean_up_carts(time.due.database, dry_run=False)
    at_89_days = await parts_of(shop, expired, merged, young)
    await time.passes(DAY)

    would = await clean_up_carts(time.due.database, dry_run=True)
    untouched = await parts_of(shop, expired, young)
    did = await clean_up_carts(time.due.database, dry_run=False)
    again = await clean_up_carts(time.due.database, dry_run=False)

    assert (early.count, at_89_days["carts"]) == (0, {expired.cart_id, merged.cart_id, young.cart_id})
    assert (would.count, untouched) == (2, all_of(expired, young))
    assert (did.details, again.count) == ({"abandoned": 0, "expired": 1, "merged": 1}, 0)
    assert await parts_of(shop, expired, merged, young) == all_of(young)


async def test_an_abandoned_cart_goes_however_long_the_site_keeps_it_open(
    settings: CartSettings, database: Database, time: Time
) -> None:
    """90 days after its abandonment; then its session and its recovery link open nothing (404)."""
    async with client_of(create_app(settings, time.clock)) as client:
        shop = await Shop.open(client, database, abandonmentSeconds=60, cartExpirationDays=365)
        guest = await shop.guest_cart({"mug": 1})
        await time.passes(timedelta(minutes=2))
        await time.passes(KEPT)

        await clean_up_carts(time.due.database, dry_run=False)

        link = await client.post(
            f"/internal/carts/{guest.cart_id}/restore",
            json={"abandonmentId": guest.cart_id},
            headers={
                "authorization": f"Bearer {mint_service_token(SERVICE_TOKEN_SECRET, 'recovery')}",
                "x-company-id": str(shop.company_id),
            },
        )
        opened = await client.get("/api/public/cart", headers=guest.headers)
        staff = await client.get(f"/api/admin/carts/{guest.cart_id}", headers=shop.staff())
    assert await parts_of(shop, guest) == all_of()
    assert [(a.status_code, a.json()["code"]) for a in (link, opened, staff)] == [(404, "CART_NOT_FOUND")] * 3


async def test_a_cart_that_somebody_is_changing_stays(shop: Shop, time: Time) -> None:
    """A cart in another transaction's hands is passed over without waiting, and deleted by the next run."""
    guest = await shop.guest_cart({"mug": 1})
    await time.passes(31 * DAY)
    await time.passes(KEPT + DAY)

    async with shop.database.unit(shop.company_id) as other:
        await other.execute("SELECT FROM carts WHERE id = $1 FOR UPDATE", guest.cart_id)
        await clean_up_carts(time.due.database, dry_run=False)
        beside = await parts_of(shop, guest)
    await clean_up_carts(time.due.database, dry_run=False)

    assert beside == all_of(guest)
    assert await parts_of(shop, guest) == all_of()


async def test_a_cart_that_came_back_after_it_was_read_stays(
    settings: CartSettings, database: Database, time: Time
) -> None:
    """It was found old, then its shopper changed it: it is looked at again before it is deleted."""
    async with client_of(create_app(settings, time.clock)) as client:
        shop = await Shop.open(client, database, abandonmentSeconds=60, cartExpirationDays=365)
        guest = await shop.guest_cart({"mug": 1})
        await time.passes(timedelta(minutes=2))
        await time.passes(KEPT)
        before = time.clock.now() - KEPT
        async with database.unit(shop.company_id) as unit:
            window = await cleanup.read_window(unit, "ABANDONED", before, UUID(int=0), 10)
        await shop.add(guest, "mug")

        async with database.unit(shop.company_id) as unit:
            deleted = await cleanup.delete(unit, "ABANDONED", before, window.old)

    assert (window.old, deleted) == ([UUID(guest.cart_id)], 0)
    assert await parts_of(shop, guest) == all_of(guest)


async def test_a_run_that_is_killed_leaves_whole_carts_and_the_next_goes_on(shop: Shop, time: Time) -> None:
    """Before whichever commit it dies; what was committed before that stays deleted."""
    guests = [await shop.guest_cart({"mug": 1}) for _ in range(5)]
    await time.passes(31 * DAY)
    await time.passes(KEPT)
    left, lives = [5], 0

    while left[-1]:
        with suppress(Killed):
            await clean_up_carts(cast("Database", MortalDatabase(time.due.database, lives)), dry_run=False, batch=2)
        found = await parts_of(shop, *guests)
        assert all(carts == found["carts"] for carts in found.values())
        left.append(len(found["carts"]))
        lives += 1

    assert {3, 1} & set(left)
    assert await parts_of(shop, *guests) == all_of()


async def test_companies_take_turns(shop: Shop, time: Time) -> None:
    """A company of many old carts is left after one batch, until the others have had theirs."""
    other = await Shop.open(shop.client, shop.database, abandonmentSeconds=60)
    for _ in range(5):
        await shop.guest_cart({"mug": 1})
    await other.guest_cart({"mug": 1})
    await time.passes(31 * DAY)
    await time.passes(KEPT)
    turns = MortalDatabase(time.due.database, lives=1_000_000)

    await clean_up_carts(cast("Database", turns), dry_run=False, batch=2)

    mine = [turn for turn, company_id in enumerate(turns.turns) if company_id == shop.company_id]
    theirs = [turn for turn, company_id in enumerate(turns.turns) if company_id == other.company_id]
    assert (len(mine), len(theirs)) == (5, 3)  # one a status, and two more for five carts
    assert max(theirs) < mine[-2] < mine[-1]
