"""Whose database the tests use, and the application that they call."""

from collections.abc import AsyncGenerator

import httpx
import pytest
from pricing.main import SERVICE, create_app
from pricing.settings import PricingSettings
from servicekit.roles.service import AnyService
from servicekit.testing import client_of


@pytest.fixture(scope="session")
def service() -> AnyService:
    """The service whose migrations make the database."""
    return SERVICE


@pytest.fixture(scope="module")
async def client(settings: PricingSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """Calls the production application, on a database of the module's own."""
    async with client_of(create_app(settings)) as client:
        yield client
