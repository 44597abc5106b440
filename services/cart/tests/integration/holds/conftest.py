"""Carts that can hold stock: inventory's holds are a stub on a real port."""

from collections.abc import AsyncGenerator, Generator

import pytest
from cart.carts.use_cases import record_views
from cart.clients import StockHolds
from cart.holds.use_cases.change_hold import HoldChanger
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.settings import CartSettings
from servicekit.db import Database
from servicekit.upstream.client import InternalClient

from ...stock_stub import StockStub, serving_stock


@pytest.fixture(scope="module")
def unlocked() -> Generator[None]:
    """No views are written meanwhile: it locks their carts for a moment, which a run of the resolver passes over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_views, "_FLUSH_SECONDS", 3600.0)
        yield


@pytest.fixture(scope="module")
async def serving(unlocked: None) -> AsyncGenerator[StockStub]:
    """The stub, for as long as the app runs."""
    async with serving_stock() as stub:
        yield stub


@pytest.fixture(autouse=True)
def stock(serving: StockStub) -> StockStub:
    """Inventory's holds, with every request granted until a test says otherwise."""
    serving.reset()
    return serving


@pytest.fixture(scope="module")
def settings(settings: CartSettings, serving: StockStub) -> CartSettings:
    """Inventory is there, and calls of it may take long; two connections to the database are all there are."""
    fields = {"inventory_url": serving.url, "db_pool_size": 2, "internal_timeout_seconds": 8.0}
    return settings.model_copy(update=fields)


@pytest.fixture
async def resolver(database: Database, settings: CartSettings) -> AsyncGenerator[ChangeResolver]:
    """The job that resolves what nobody finished, run by hand."""
    client = InternalClient(settings.inventory_url, "cart", settings)
    yield ChangeResolver(database, HoldChanger(database, StockHolds(client)))
    await client.close()
