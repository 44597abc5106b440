"""What the command line does beyond serving: the worker, the topology, publishing the state again."""

from uuid import UUID

import typer

from servicekit.db import Database
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


async def republish_all(service: AnyService, settings: ServiceSettings, company: str | None) -> int:
    """Write the current state into the outbox, of one company or all; prints how many events."""
    if service.republish is None:
        raise typer.BadParameter(f"{service.name} publishes no state")
    company_id = UUID(company) if company else None
    database = await Database.open(settings, service=service.name)
    try:
        async with database.unit(company_id) if company_id else database.system_unit() as unit:
            return await service.republish(unit, company_id)
    finally:
        await database.close()
