"""A database in which the log is divided by one test alone."""

from collections.abc import AsyncGenerator

import pytest
from analytics.main import SERVICE
from servicekit.db import Database
from servicekit.testing import FixedClock, Servers
from servicekit.testing.databases import PoolSettings, fresh_database

from ...cart_history import NOON


@pytest.fixture
async def database(servers: Servers) -> AsyncGenerator[Database]:
    """A database of the test's own, on an afternoon in March: the log is divided for all companies at once."""
    async with fresh_database(servers.postgres_url, SERVICE) as url:
        opened = await Database.open(PoolSettings(url), service=SERVICE.name, clock=FixedClock(NOON))
        yield opened
        await opened.close()
