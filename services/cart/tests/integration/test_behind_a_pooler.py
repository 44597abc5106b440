"""The whole service behind a real PgBouncer in transaction mode, with two server connections for all of it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from cart.main import SERVICE
from cart.settings import CartSettings
from cart.subscriptions import subscriptions
from contracts.cart import CartConverted
from localservers.pgbouncer import pooling
from localservers.servers import Servers
from servicekit.db import Database
from servicekit.db.connections import SESSION_SETTINGS
from servicekit.messaging.broker import Broker
from servicekit.process.startup import running_kit
from servicekit.testing import poll, published
from servicekit.testing.settings import SEAL_KEY, make_settings
from servicekit.testing.workers import running_worker

from ..conftest import NOBODY
from ..shop import Shop
from .test_ordering import order

SERVER_CONNECTIONS = 2


@pytest.fixture(scope="module")
async def pooler_url(database_url: str) -> AsyncGenerator[str]:
    """The database's address through the pooler."""
    async with pooling(database_url, connections=SERVER_CONNECTIONS, settings=SESSION_SETTINGS) as address:
        yield address


@pytest.fixture(scope="module")
def settings(servers: Servers, database_url: str, pooler_url: str) -> CartSettings:
    """The service goes through the pooler, but for what needs a session of its own."""
    return make_settings(
        CartSettings,
        servers,
        pooler_url,
        database_direct_url=database_url,
        db_statement_cache_size=0,
        db_pool_timeout_seconds=60,
        pricing_url=NOBODY,
        inventory_url=NOBODY,
        contact_seal_key=SEAL_KEY,
    )


@asynccontextmanager
async def _jobs_at_work(settings: CartSettings) -> AsyncGenerator[None]:
    """The service's timed jobs, until the block ends."""
    stop = asyncio.Event()
    async with running_kit("cart", settings) as bare, SERVICE.complete(bare) as kit:
        working = asyncio.create_task(SERVICE.job_runner(kit).run_on_schedule(stop))
        yield
        stop.set()
        await working


async def test_carts_are_filled_ordered_abandoned_and_published(
    shop: Shop, settings: CartSettings, database: Database
) -> None:
    """Api, relay, consumers and jobs: a sale, an abandonment by the worker's timer, and an outbox that empties."""
    pooled = await Database.open(settings, service="cart")
    broker = await Broker.connect(settings.rabbitmq_url, name="pooler test", within=30)
    bought, left = await shop.guest_cart({"mug": 2}), await shop.guest_cart({"mug": 1})
    async with _jobs_at_work(settings), running_worker(subscriptions, pooled, broker):
        ordered = await order(shop, bought, "P-1")
        async with database.unit(shop.company_id) as unit:
            await unit.execute(
                "UPDATE carts SET last_activity_at = last_activity_at - interval '1 day', check_at = now()"
                " WHERE company_id = $1 AND id = $2::uuid",
                shop.company_id,
                left.cart_id,
            )
        await poll(lambda: _status(shop, left.cart_id), lambda status: status == "ABANDONED")
        await poll(lambda: _unpublished(database), lambda count: count == 0)

    await broker.close()
    await pooled.close()
    sales = [e for e in await published(database, CartConverted) if e.company_id == shop.company_id]
    assert (ordered.status_code, len(sales)) == (200, 1)


async def _status(shop: Shop, cart_id: str) -> str:
    answer = await shop.client.get(f"/api/admin/carts/{cart_id}", headers=shop.staff())
    return str(answer.json()["status"])


async def _unpublished(database: Database) -> int:
    async with database.system_unit() as unit:
        return int(await unit.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL"))


async def test_companies_that_share_a_connection_share_nothing_else(shop: Shop, pooler_url: str) -> None:
    """Two companies at once on two server connections: each lists its own carts, and nobody's setting outlives it."""
    other = await Shop.open(shop.client, shop.database)
    both = (shop, other)
    guests = await asyncio.gather(*(company.guest_cart() for company in both for _ in range(3)))

    turns = list(zip(both, (guests[:3], guests[3:]), strict=True))
    answers = await asyncio.gather(
        *(company.add(guest, "mug") for _ in range(3) for company, mine in turns for guest in mine)
    )
    listed = [
        {cart["id"] for cart in (await shop.client.get("/api/admin/carts", headers=company.staff())).json()["items"]}
        for company in both
    ]

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert listed == [{guest.cart_id for guest in mine} for _, mine in turns]
    assert await _tenants_seen(pooler_url) == {""}


async def test_a_setting_of_the_session_would_be_seen(pooler_url: str) -> None:
    """The question above can be answered otherwise: a tenant that is set without LOCAL stays for whoever comes next."""
    stranger = await asyncpg.connect(pooler_url, statement_cache_size=0)
    await stranger.execute("SET app.company_id = 'left behind'")

    seen = await _tenants_seen(pooler_url)

    await stranger.execute("RESET app.company_id")
    await stranger.close()
    assert "left behind" in seen


async def _tenants_seen(address: str) -> set[str]:
    """What clients of the pooler find set, as many at once as it has server connections."""
    clients = [await asyncpg.connect(address, statement_cache_size=0) for _ in range(SERVER_CONNECTIONS)]
    seen = set()
    for client in clients:
        await client.execute("BEGIN")  # each holds a server connection of its own until the end
    for client in clients:
        seen.add(await client.fetchval("SELECT coalesce(current_setting('app.company_id', true), '')"))
    for client in clients:
        await client.execute("COMMIT")
        await client.close()
    return seen
