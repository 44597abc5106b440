"""What the command line does to the broker."""

from servicekit.messaging import topology
from servicekit.messaging.broker import Broker
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings


async def declare_topology(service: AnyService, settings: ServiceSettings) -> None:
    """Make the service's exchanges and queues in the broker; idempotent."""
    broker = await Broker.connect(settings.rabbitmq_url, name=f"{service.name} migrate")
    try:
        channel = await broker.channel()
        plans = service.subscriptions.queues.values() if service.subscriptions else ()
        await topology.declare(channel, service.name, plans)
    finally:
        await broker.close()
