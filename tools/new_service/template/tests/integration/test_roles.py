"""The service as processes: its two roles beside each other, as they run in production."""

import asyncio

from servicekit.cli.operations import declare_topology
from servicekit.roles.service import AnyService
from servicekit.settings import ServiceSettings
from servicekit.testing.processes import environment_of, free_port, running, until_ready


async def test_both_roles_start_are_ready_and_stop_at_sigterm(service: AnyService, settings: ServiceSettings) -> None:
    """Ready means that database, Redis and broker answer too; at SIGTERM a role comes to an end by itself."""
    await declare_topology(service, settings)
    environment, port, health = environment_of(settings), free_port(), free_port()

    with (
        running("newservice", environment, "api", "--port", str(port)),
        running("newservice", environment, "worker", "--health-port", str(health)),
    ):
        await asyncio.gather(until_ready(port), until_ready(health))
