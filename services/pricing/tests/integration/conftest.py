"""The shop that the integration tests read as."""

from uuid import UUID

import httpx
import pytest
from servicekit.db import Database
from servicekit.ids import new_id

from .shop import Shop


@pytest.fixture
def shop(client: httpx.AsyncClient, database: Database, company_id: UUID) -> Shop:
    """A company of its own for each test, with no rules of price yet."""
    return Shop(client, database, company_id)


@pytest.fixture
def stranger(client: httpx.AsyncClient, database: Database) -> Shop:
    """Another company."""
    return Shop(client, database, new_id())
