"""A RabbitMQ of the stack's own: private node name, base directory, cookie, epmd and Erlang ports, all on loopback."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import aio_pika

from localservers.files import write_whole
from localservers.home import Home
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.secrets import ServerSecrets
from localservers.state import Running, load_running

NAME = "rabbitmq"
EPMD = "epmd"
USER = "cartwheel"

_SETTINGS = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
log.console = true
log.console.level = info
log.file = false
vm_memory_high_watermark.relative = 0.4
disk_free_limit.absolute = 200MB
# A quorum queue's log is pre-sized in memory; the default of 512 MB is meant for a machine of its own.
raft.wal_max_size_bytes = 67108864
"""


_CLUSTER_SETTINGS = """\
cluster_formation.peer_discovery_backend = classic_config
cluster_partition_handling = pause_minority
# A node that is alone at its first start looks so often for the others, half a second apart.
cluster_formation.discovery_retry_limit = 2
"""


async def start_rabbitmq(home: Home, secrets: ServerSecrets) -> str:
    """Start the broker and its port mapper unless they run, and return its address, ready for an AMQP connection."""
    return await start_node(home, secrets, NAME)


async def start_node(home: Home, secrets: ServerSecrets, name: str, cluster: Sequence[str] = ()) -> str:
    """Start one node, and the port mapper, unless they run, and return its address, ready for an AMQP connection.

    `cluster` names all the nodes of a cluster that it joins at its first start; the first of them has to be up by then.
    """
    directory = home.run / name
    directory.mkdir(exist_ok=True)
    port, epmd_port = _port_of(home, name), _port_of(home, EPMD)
    await _start_epmd(home, secrets, home.run, epmd_port)
    process = await _start_broker(home, secrets, name, cluster, port, epmd_port)
    address = f"amqp://{USER}:{secrets.rabbitmq_password}@127.0.0.1:{port}/"
    await until_ready(home, process, lambda: _connect(address, port))
    return address


def _port_of(home: Home, name: str) -> int:
    running = load_running(home).get(name)
    return reserve_port(home, name, in_use=running is not None and is_alive(running))


async def _start_epmd(home: Home, secrets: ServerSecrets, directory: Path, port: int) -> None:
    """Run Erlang's port mapper ourselves, so that the broker does not leave one behind that nobody ends."""
    command = [str(find_program("epmd")), "-address", "127.0.0.1", "-port", str(port)]
    process = await ensure(home, secrets, Spec(EPMD, command, cwd=directory, port=port, stage=0))
    await until_ready(home, process, lambda: _open(port))


async def _start_broker(
    home: Home, secrets: ServerSecrets, name: str, cluster: Sequence[str], port: int, epmd_port: int
) -> Running:
    directory = home.run / name
    settings = _SETTINGS.format(port=port, user=USER, password=secrets.rabbitmq_password)
    if cluster:
        nodes = enumerate((_node_name(home, other) for other in cluster), start=1)
        lines = (f"cluster_formation.classic_config.nodes.{number} = {node}\n" for number, node in nodes)
        settings += _CLUSTER_SETTINGS + "".join(lines)
    write_whole(directory / "rabbitmq.conf", settings, mode=0o600)
    (directory / "rabbitmq-env.conf").touch()
    write_whole(directory / "enabled_plugins", "[].\n")
    cookie = directory / ".erlang.cookie"
    if not cookie.exists():
        write_whole(cookie, secrets.erlang_cookie, mode=0o400)
    environment = _environment(home, name, _distribution_port(home, name), epmd_port)
    command = [str(find_program("rabbitmq-server"))]
    spec = Spec(name, command, directory, port, environment=environment, configuration=settings, stage=1)
    return await ensure(home, secrets, spec)


def _node_name(home: Home, name: str) -> str:
    return f"{name.replace(NAME, 'cartwheel')}-{home.key}@localhost"


def _distribution_port(home: Home, name: str) -> int:
    running = load_running(home).get(name)
    return reserve_port(home, f"{name}-distribution", in_use=running is not None and is_alive(running))


def _environment(home: Home, name: str, distribution_port: int, epmd_port: int) -> dict[str, str]:
    directory = home.run / name
    return {
        "HOME": str(directory),
        # Makes the start script become the broker instead of its parent, so that signals reach the broker itself.
        "RUNNING_UNDER_SYSTEMD": "true",
        "RABBITMQ_NODENAME": _node_name(home, name),
        "RABBITMQ_CONF_ENV_FILE": str(directory / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(directory / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(directory / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(directory / "mnesia"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(directory / "generated"),
        "RABBITMQ_PID_FILE": str(directory / "pid"),
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {{127,0,0,1}}{_sync(home)}",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd_port),
    }


def _sync(home: Home) -> str:
    """The argument by which quorum queues of a volatile home leave to the kernel when their log is written."""
    return " -ra wal_sync_method none" if home.volatile_file.exists() else ""


async def _open(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _connect(address: str, port: int) -> None:
    await _open(port)  # the client library reports each refused connection as an error of its own
    connection = await aio_pika.connect(address, timeout=5)
    await connection.close()
