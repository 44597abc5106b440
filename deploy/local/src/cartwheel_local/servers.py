"""Who provides the stack's three servers.

In this order (architecture.md, "Local, one machine, many machines"): an address given in the environment is used and
never touched; Docker Compose where an engine answers; else processes of the stack's own.
"""

import asyncio
from collections.abc import Mapping

from localservers.errors import StepFailed
from localservers.home import Home
from localservers.processes import stop_all, stop_strays
from localservers.servers import STARTERS, Servers, Step, given_addresses, servers_at, start_processes, unseen
from localservers.state import only_one

from cartwheel_local import docker
from cartwheel_local.backups.taking import stop_archiving
from cartwheel_local.secrets import Secrets, load_secrets


async def start_servers(home: Home, secrets: Secrets, step: Step = unseen) -> Servers:
    """Start what the environment does not give; the caller holds the home's lock, `step` shows each one's progress.

    Where Docker answers but cannot bring the servers up, as without a way to its images, processes take their place.
    """
    started: Mapping[str, str]
    given = given_addresses(home)
    missing = [name for name in STARTERS if name not in given]
    if bool(missing) and await asyncio.to_thread(docker.is_chosen, home):
        try:
            with step("Servers from Docker Compose"):
                started = await asyncio.to_thread(docker.start_in_docker, home, secrets, missing)
        except StepFailed:
            docker.stop_in_docker(home, secrets)
            started = await start_processes(home, secrets, missing, step)
    else:
        started = await start_processes(home, secrets, missing, step)
    return servers_at({**given, **started})


async def servers_up(home: Home) -> Servers:
    """Start the servers alone, unless they run; raises StepFailed with the log of what did not start."""
    async with only_one(home):
        secrets = load_secrets(home)
        await stop_strays(home, secrets)
        return await start_servers(home, secrets)


async def servers_down(home: Home) -> None:
    """End every process and container of the home; a server given in the environment goes on."""
    async with only_one(home):
        secrets = load_secrets(home)
        await stop_all(home)
        await stop_strays(home, secrets)
        stop_archiving(home)
        await asyncio.to_thread(docker.stop_in_docker, home, secrets)
