"""What is under way in the platform while the demo runs: events counted, and messages that wait in the broker."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import aio_pika
import httpx
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import ChannelNotFoundEntity
from localservers.home import REPOSITORY
from manifests.reading import load_manifests


def queues_of_services() -> Sequence[str]:
    """Every queue of the services, by their manifests: declaring a queue to look at it would make it."""
    return [queue for manifest in load_manifests(REPOSITORY) for queue in manifest.worker.queues]


@dataclass(frozen=True, slots=True)
class QueueMonitor:
    """Observes queues, and one company's events; `client` talks to analytics itself."""

    connection: AbstractRobustConnection
    client: httpx.AsyncClient
    queues: Sequence[str]
    company_id: UUID
    token: str

    async def depths(self) -> dict[str, int]:
        """How many messages wait in each queue; one that does not exist is left out."""
        found: dict[str, int] = {}
        for name in self.queues:
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
        response = await self.client.get("/internal/log", headers=headers)
        return int(response.raise_for_status().json()["events"])


async def connect(rabbitmq_url: str) -> AbstractRobustConnection:
    """A connection to the broker, for looking only."""
    return await aio_pika.connect_robust(rabbitmq_url)
