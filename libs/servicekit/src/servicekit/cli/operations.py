"""What the command line does to the broker."""

from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager

from contracts.registry import EVENTS

from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.messaging.subscriptions import QueuePlan
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings


async def declare_topology(service: AnyService, settings: ServiceSettings) -> None:
    """Make the service's exchanges and queues in the broker; idempotent."""
    async with _broker(service, settings, "migrate") as broker:
        await topology.declare(await broker.channel(), service.name, _queues(service))


async def prune_bindings(service: AnyService, settings: ServiceSettings) -> list[str]:
    """Unbind the service's queues from events that this version has no handler for; idempotent.

    Returns the queues' names. Raises QueueAbsent for one that was not declared yet.
    """
    plans = _queues(service)
    async with _broker(service, settings, "prune-bindings") as broker:
        for plan in plans:
            async with broker.existing_queue(plan.name) as queue:
                await topology.prune(queue, plan, EVENTS)
    return [plan.name for plan in plans]


def _queues(service: AnyService) -> Collection[QueuePlan]:
    return service.subscriptions.queues.values() if service.subscriptions else ()


@asynccontextmanager
async def _broker(service: AnyService, settings: ServiceSettings, purpose: str) -> AsyncGenerator[Broker]:
    broker = await Broker.connect(settings.rabbitmq_url, name=f"{service.name} {purpose}")
    try:
        yield broker
    finally:
        await broker.close()
