"""What the cart service's tests share: the running app on real servers, and a shop with a company of its own."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from cart.carts.use_cases.run_timers import DueCarts
from cart.main import SERVICE, create_app
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from servicekit.db import Database
from servicekit.roles.service import AnyService
from servicekit.testing.clocks import FixedClock
from servicekit.testing.databases import PoolSettings
from servicekit.testing.http import client_of
from servicekit.testing.servers import Servers
from servicekit.testing.settings import SEAL_KEY, make_settings

from .shop import Shop
from .timers import Time

NOBODY = "http://127.0.0.1:9"
"""An address at which nothing answers: the discard port."""


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service whose database the tests get."""
    return SERVICE


@pytest.fixture(scope="module")
def settings(servers: Servers, database_url: str) -> CartSettings:
    """Settings with both upstreams away: what needs them is tested with them, in tests/e2e."""
    return make_settings(
        CartSettings, servers, database_url, pricing_url=NOBODY, inventory_url=NOBODY, contact_seal_key=SEAL_KEY
    )


@pytest.fixture(scope="module")
async def client(settings: CartSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """The production app, called in this process."""
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture
async def shop(client: httpx.AsyncClient, database: Database) -> Shop:
    """A company of its own with one site and a mug in its catalogue."""
    return await Shop.open(client, database)


@pytest.fixture
async def clock() -> FixedClock:
    """A clock that stands until it is moved."""
    return FixedClock()


@pytest.fixture
async def time(database_url: str, clock: FixedClock) -> AsyncGenerator[Time]:
    """The timers of carts, by that clock."""
    database = await Database.open(PoolSettings(database_url), service="cart", clock=clock)
    yield Time(clock, DueCarts(database, CompiledRulesCache()))
    await database.close()
