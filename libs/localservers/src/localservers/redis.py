"""A Redis of the stack's own: loopback only, nothing kept on disk, refusing writes rather than evicting."""

import asyncio

from localservers.files import write_whole
from localservers.home import Home
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.secrets import ServerSecrets
from localservers.state import load_running

NAME = "redis"

# Rate limits and idempotency must not live in an instance that evicts (operations.md, "Settings").
_SETTINGS = """\
bind 127.0.0.1
port {port}
protected-mode yes
daemonize no
dir {directory}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy noeviction
"""


async def start_redis(home: Home, secrets: ServerSecrets) -> str:
    """Start the server unless it runs, and return its address."""
    running = load_running(home).get(NAME)
    port = reserve_port(home, NAME, in_use=running is not None and is_alive(running))
    directory = home.run / NAME
    directory.mkdir(exist_ok=True)
    settings = _SETTINGS.format(port=port, directory=directory)
    write_whole(directory / "redis.conf", settings)
    command = [str(find_program("redis-server")), str(directory / "redis.conf")]
    spec = Spec(NAME, command, cwd=directory, port=port, configuration=settings, stage=1)
    process = await ensure(home, secrets, spec)
    await until_ready(home, process, lambda: _ping(port))
    return f"redis://127.0.0.1:{port}/0"


async def _ping(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"PING\r\n")
        answer = await reader.readline()
    finally:
        writer.close()
    if answer != b"+PONG\r\n":
        raise ConnectionError(f"answered {answer!r} to PING")
