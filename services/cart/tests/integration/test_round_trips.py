"""How often the hot path goes to the database: four times, whatever is in the cart (architecture.md)."""

import asyncio
from collections.abc import AsyncGenerator

import httpx
import pytest
from asyncpg.connection import LoggedQuery
from asyncpg.pool import PoolConnectionProxy
from cart.carts.persistence import carts
from cart.main import create_app
from cart.settings import CartSettings
from servicekit.db import Database, database
from servicekit.testing import client_of

from ..shop import Shop


class Statements(list[str]):
    """Statements as they were sent, in order."""

    async def sent(self) -> list[str]:
        """Those since this was asked last; the driver reports one in the next turn of the event loop."""
        await asyncio.sleep(0)
        taken = list(self)
        self.clear()
        return taken


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Every statement that a connection opened from now on sends, in order."""
    sent = Statements()
    teach = database.teach_json

    async def listen(connection: PoolConnectionProxy) -> None:
        await teach(connection)  # type: ignore[arg-type]  # a pool's connection stands in for a plain one
        connection.add_query_logger(lambda query: sent.append(_first_words(query)))

    monkeypatch.setattr(database, "teach_json", listen)
    return sent


def _first_words(query: LoggedQuery) -> str:
    return " ".join(query.query.split()[:2])


@pytest.fixture
async def watched(statements: Statements, settings: CartSettings) -> AsyncGenerator[httpx.AsyncClient]:
    """The production app on connections that are listened to."""
    async with client_of(create_app(settings)) as client:
        yield client


@pytest.fixture
async def shop(watched: httpx.AsyncClient, database: Database) -> Shop:
    """A shop whose requests go to the app that is listened to."""
    return await Shop.open(watched, database)


async def test_adding_an_item_is_four_round_trips(shop: Shop, statements: Statements) -> None:
    """Begin with the tenant set, one read, one write, commit: for the first line, for more of it, and with a key."""
    await shop.stock("bowl", price=2400)
    guest = await shop.guest_cart({"bowl": 1})  # the connection has learnt the statements' types by now
    seen = []

    for headers in ({}, {}, {"Idempotency-Key": "once"}):
        await statements.sent()
        assert (await shop.add(guest, "mug", 1, **headers)).status_code in {200, 201}
        seen.append(await statements.sent())

    assert seen == [["BEGIN; SET", "SELECT c.id,", "WITH saved", "COMMIT"]] * 3


async def test_one_more_query_would_be_noticed(
    shop: Shop, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard above sees what it guards against."""
    guest = await shop.guest_cart({"mug": 1})
    load = carts.load

    async def chatty(*args: object, **kwargs: object) -> object:
        await args[0].fetchval("SELECT 1")  # type: ignore[attr-defined]  # the unit
        return await load(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(carts, "load", chatty)
    await statements.sent()
    await shop.add(guest, "mug")

    assert await statements.sent() == ["BEGIN; SET", "SELECT 1", "SELECT c.id,", "WITH saved", "COMMIT"]


async def test_reading_a_cart_is_three(shop: Shop, statements: Statements) -> None:
    """The view is noted later, off the request's transaction."""
    guest = await shop.guest_cart({"mug": 1})
    await statements.sent()

    await shop.read(guest)

    assert await statements.sent() == ["BEGIN; SET", "SELECT c.id,", "COMMIT"]
