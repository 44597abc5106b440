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


class QueueInUse(Exception):
    """The queue is one of this version's, or none of the service's at all: it is not for this command to end."""


async def retire_queue(service: AnyService, settings: ServiceSettings, name: str) -> int:
    """End a queue that an older version had: it gets no event any more, and is deleted if it is empty and unconsumed.

    Returns how many messages are left in it, which then stays; idempotent. Raises QueueInUse, and QueueAbsent for one
    that does not exist.
    """
    own = {plan.name for plan in _queues(service)} | {topology.dead_letter_queue(service.name)}
    if name in own or not name.startswith(f"{service.name}."):
        raise QueueInUse(name)
    async with _broker(service, settings, "prune-bindings") as broker, broker.existing_queue(name) as queue:
        await topology.prune(queue, QueuePlan(name), EVENTS)
        left = queue.declaration_result.message_count or 0
        if not left and not queue.declaration_result.consumer_count:
            await queue.delete(if_unused=False, if_empty=False)  # quorum queues know no conditions
        return left


def _queues(service: AnyService) -> Collection[QueuePlan]:
    return service.subscriptions.queues.values() if service.subscriptions else ()


@asynccontextmanager
async def _broker(service: AnyService, settings: ServiceSettings, purpose: str) -> AsyncGenerator[Broker]:
    broker = await Broker.connect(settings.rabbitmq_url, name=f"{service.name} {purpose}")
    try:
        yield broker
    finally:
        await broker.close()
