"""The shop that the integration tests read as."""

from uuid import UUID

import httpx
import pytest
from servicekit.db import Database
from servicekit.ids import new_id

from ..cart_service import CartService  # the tests' own folder has no name to import it by
from .shop import Shop


@pytest.fixture
def shop(client: httpx.AsyncClient, database: Database, carts: CartService, company_id: UUID) -> Shop:
    """A company of its own for each test, with an empty catalogue."""
    return Shop(client, database, carts, company_id)


@pytest.fixture
def stranger(client: httpx.AsyncClient, database: Database, carts: CartService) -> Shop:
    """Another company."""
    return Shop(client, database, carts, new_id())
