"""The pytest plugin, loaded by entry point; a conftest gives the session fixture `service` that it asks for."""

from collections.abc import AsyncGenerator, Generator
from ipaddress import ip_network
from uuid import UUID

import pytest
from localservers.servers import Servers

from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings
from servicekit.testing.databases import Migrated, PoolSettings, fresh_database
from servicekit.testing.live import serving
from servicekit.testing.servers import running_servers
from servicekit.testing.settings import make_settings


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


@pytest.fixture(scope="module")
def settings(service: AnyService, servers: Servers, database_url: str) -> ServiceSettings:
    """The service's settings under test; a service that needs more than the chassis has a fixture of its own."""
    made: ServiceSettings = make_settings(service.settings, servers, database_url)
    return made


@pytest.fixture(scope="module")
async def address(service: AnyService, settings: ServiceSettings) -> AsyncGenerator[str]:
    """The address of the running api, which believes what a proxy on this machine says of its clients.

    The broker has the service's queue of dead letters, and none of its other queues: nobody would empty them.
    """
    broker = await Broker.connect(settings.rabbitmq_url, name=f"{service.name} contract tests", within=30)
    await topology.declare(await broker.channel(), service.name, ())
    await broker.close()
    behind_a_proxy = settings.model_copy(update={"trusted_proxies": (ip_network("127.0.0.0/8"),)})
    with serving(service.create_app(behind_a_proxy)) as address:
        yield address


@pytest.fixture
def company_id() -> UUID:
    """A company that no other test uses."""
    return new_id()
