"""The pytest plugin, loaded by entry point; a conftest gives the session fixture `service` that it asks for."""

from collections.abc import AsyncGenerator, Generator
from uuid import UUID

import pytest
from localservers.servers import Servers

from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing.databases import Migrated, PoolSettings, fresh_database
from servicekit.testing.servers import running_servers


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    """Real PostgreSQL, Redis and RabbitMQ."""
    with running_servers() as servers:
        yield servers


@pytest.fixture(scope="module")
async def database_url(servers: Servers, service: Migrated) -> AsyncGenerator[str]:
    """The address of a migrated database for one test module."""
    async with fresh_database(servers.postgres_url, service) as address:
        yield address


@pytest.fixture(scope="module")
async def database(database_url: str, service: Migrated) -> AsyncGenerator[Database]:
    """That database, opened; its tests keep apart by using companies of their own."""
    database = await Database.open(PoolSettings(database_url), service=service.name)
    yield database
    await database.close()


@pytest.fixture
def company_id() -> UUID:
    """A company that no other test uses."""
    return new_id()
