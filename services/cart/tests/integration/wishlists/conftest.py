"""A shop with three products to wish for."""

import httpx
import pytest
from servicekit.db import Database

from ...shop import Shop


@pytest.fixture
async def shop(client: httpx.AsyncClient, database: Database) -> Shop:
    """A mug, a bowl of which few are left, and a vase that is sold out."""
    shop = await Shop.open(client, database)
    await shop.stock("bowl", price=2400, available=3, compare_at_prices={"USD": 3000})
    await shop.stock("vase", price=9900, available=0)
    return shop
