"""Whose database the tests use, and the application that they call."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from pricing.main import SERVICE, create_app
from pricing.settings import Settings
from servicekit.roles.service import Service
from servicekit.testing import Servers, client_of, make_settings


@pytest.fixture(scope="session")
def service() -> Service:
    """The service whose migrations make the database."""
    return SERVICE


@pytest.fixture(scope="module")
async def client(servers: Servers, database_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """Calls the production application, on a database of the module's own."""
    async with client_of(create_app(make_settings(Settings, servers, database_url))) as client:
        yield client
