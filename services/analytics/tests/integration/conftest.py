"""A running api, and the dashboard of a company."""

from collections.abc import AsyncGenerator
from uuid import UUID

import httpx
import pytest
from analytics.main import create_app
from analytics.settings import AnalyticsSettings
from servicekit.db import Database
from servicekit.testing import FixedClock, Servers, client_of, make_settings

from ..cart_history import NOON  # no installed package
from .dashboard import Dashboard


@pytest.fixture(scope="module")
async def client(servers: Servers, database_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The api as it is deployed, on an afternoon in March."""
    settings = make_settings(AnalyticsSettings, servers, database_url)
    async with client_of(create_app(settings, FixedClock(NOON.replace(hour=18)))) as client:
        yield client


@pytest.fixture
def dashboard(client: httpx.AsyncClient, database: Database, company_id: UUID) -> Dashboard:
    """The dashboard of a company that nothing has happened in yet."""
    return Dashboard(client, database, company_id)
