"""The platform's pulse while the demo runs: events counted, and messages that wait in the broker."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import aio_pika
import httpx
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import ChannelNotFoundEntity

QUEUES: Final = (
    *("analytics.log", "cart.catalogue", "cart.stock", "cart.rules", "cart.holds", "inventory.carts", "pricing.carts"),
    *("recovery.sites", "recovery.contacts", "recovery.carts", "upsell.catalogue", "upsell.stock", "upsell.sales"),
)
"""Every queue of the services; named here, because looking at one must not make it."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Feels it for one company; `client` talks to analytics itself."""

    connection: AbstractRobustConnection
    client: httpx.AsyncClient
    company_id: UUID
    token: str

    async def depths(self) -> dict[str, int]:
        """How many messages wait in each queue; one that does not exist is left out."""
        found: dict[str, int] = {}
        for name in QUEUES:
            async with self.connection.channel() as channel:  # a queue that is missing closes its channel
                try:
                    queue = await channel.declare_queue(name, passive=True)
                except ChannelNotFoundEntity:
                    continue
                found[name] = queue.declaration_result.message_count or 0
        return found

    async def events(self) -> int:
        """How many of the company's events analytics has counted."""
        headers = {"authorization": f"Bearer {self.token}", "x-company-id": str(self.company_id)}
        answer = await self.client.get("/internal/log", headers=headers)
        return int(answer.raise_for_status().json()["events"])


async def connect(rabbitmq_url: str) -> AbstractRobustConnection:
    """A connection to the broker, for looking only."""
    return await aio_pika.connect_robust(rabbitmq_url)
