"""A shop that lets shoppers compare, and has five lamps."""

import httpx
import pytest
from servicekit.db import Database

from ...comparing import sells
from ...shop import Shop


@pytest.fixture
async def shop(client: httpx.AsyncClient, database: Database) -> Shop:
    """Comparisons are switched on; the lamps differ in watts, two of them have a colour."""
    shop = await Shop.open(client, database, enableCompare=True)
    await sells(shop, "desk", 4900, watts="5", socket="E27", colour="black")
    await sells(shop, "floor", 12900, watts="12", socket="E27")
    await sells(shop, "night", 1900, watts="2", socket="E27", colour="white")
    await sells(shop, "wall", 5900, watts="8", socket="E27")
    await sells(shop, "garden", 7900, watts="10", socket="E27")
    return shop
