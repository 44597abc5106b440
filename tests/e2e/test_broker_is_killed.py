"""RabbitMQ dies in the middle of heavy shopping; nobody who shops notices, and no number is wrong afterwards."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from servicekit.testing.polling import poll

from .crowd import Crowd
from .shop import Shop, open_shop
from .stack import Stack

BEFORE, DURING, AFTER = 600, 600, 600
"""Acknowledged adds before the broker is killed, while it is gone, and once it is back."""

log = logging.getLogger(__name__)

_ADDS = """
SELECT aggregate_id, aggregate_version, count(*) FROM events
WHERE company_id = $1 AND type = 'cart.updated.v1' GROUP BY 1, 2
"""
_QUANTITY = "SELECT coalesce(sum(quantity_added), 0) FROM cart_facts WHERE company_id = $1"


@pytest.fixture
async def roomy(stack: Stack) -> AsyncIterator[Shop]:
    """A shop in which one may have as much as one likes of a thing."""
    async with open_shop(stack, maxQuantityPerLine=1_000_000) as shop:
        yield shop


async def counted(shop: Shop) -> Counter[tuple[UUID, int]]:
    """Every add in analytics' log as (cart, version that it made)."""
    async with shop.stack.database("analytics") as connection:
        return Counter({(row[0], row[1]): row[2] for row in await connection.fetch(_ADDS, shop.company_id)})


async def quantity_added(shop: Shop) -> int:
    """The sum over analytics' facts."""
    async with shop.stack.database("analytics") as connection:
        return int(await connection.fetchval(_QUANTITY, shop.company_id))


async def test_every_acknowledged_add_is_counted_once(roomy: Shop) -> None:
    """The broker is killed (SIGKILL) under hundreds of adds a second: all are answered, and each is counted once."""
    crowd = Crowd(roomy)
    ledger = crowd.ledger
    async with asyncio.TaskGroup() as group:
        group.create_task(crowd.shops())
        rates = [await crowd.adds(BEFORE)]
        await roomy.stack.kill("rabbitmq")
        rates.append(await crowd.adds(DURING))
        await roomy.stack.bring_up()
        rates.append(await crowd.adds(AFTER))
        crowd.goes_home()
    log.info("adds_per_second", extra={"rates": [round(rate) for rate in rates]})

    assert ledger.refused == []
    assert set(ledger.acknowledged.values()) == {1}
    await poll(
        lambda: quantity_added(roomy), lambda seen: seen >= ledger.count, deadline_seconds=120, every_seconds=0.5
    )
    assert await counted(roomy) == ledger.acknowledged
    assert await quantity_added(roomy) == ledger.count
