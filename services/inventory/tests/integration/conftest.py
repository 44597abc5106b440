"""The shop that the scenarios read as, and the service over HTTP."""

from collections.abc import AsyncGenerator
from uuid import UUID

import httpx
import pytest
from inventory.main import create_app
from inventory.settings import InventorySettings
from servicekit.db import Database
from servicekit.testing import Servers, client_of, make_settings

from .desk import Desk
from .shop import Shop


@pytest.fixture
def shop(database: Database, company_id: UUID) -> Shop:
    """A company of its own for each test, with nothing on the shelf."""
    return Shop(database, company_id)


@pytest.fixture(scope="module")
async def client(servers: Servers, database_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The production application over the module's database."""
    async with client_of(create_app(make_settings(InventorySettings, servers, database_url))) as client:
        yield client


@pytest.fixture
def desk(client: httpx.AsyncClient, company_id: UUID) -> Desk:
    """The company's staff, and the services that call for it."""
    return Desk(client, company_id)
