"""Metrics of the servers that are not ours: Redis by its exporter, RabbitMQ by its own plugin."""

import asyncio
from collections.abc import Mapping

from cartwheel_local.secrets import Secrets
from localservers.errors import StepFailed
from localservers.files import read_env
from localservers.home import Home
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, find, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running

from observability.prometheus import Target, answers

REDIS, RABBITMQ = "redis-exporter", "rabbitmq-metrics"
SERVERS = (("redis", "server"), ("rabbitmq", "server"))
"""The labels of their targets, beside those of the services."""
METRICS = frozenset(
    {
        "redis_memory_used_bytes",
        "redis_memory_max_bytes",
        "redis_connected_clients",
        "rabbitmq_connections",
        "rabbitmq_disk_space_available_bytes",
        "rabbitmq_process_resident_memory_bytes",
        "rabbitmq_queue_messages_ready",
        "rabbitmq_queue_messages_unacked",
    }
)
"""Those that rules and dashboards may use; `make observe-check` shows that they are there."""


async def start_exporters(home: Home, secrets: Secrets) -> list[Target]:
    """Have the stack's own Redis and RabbitMQ measured, and return where; those of others are left out.

    Idempotent. Raises StepFailed with the log of what did not start.
    """
    running = load_running(home)
    targets = []
    if "redis" in running:
        targets.append(Target(f"127.0.0.1:{await _start_redis_exporter(home, secrets)}", *SERVERS[0]))
    if "rabbitmq" in running:
        targets.append(Target(f"127.0.0.1:{await _enable_rabbitmq_metrics(home)}", *SERVERS[1]))
    return targets


async def _start_redis_exporter(home: Home, secrets: Secrets) -> int:
    running = load_running(home)
    port = reserve_port(home, REDIS, in_use=REDIS in running and is_alive(running[REDIS]))
    address = read_env(home.env_file)["REDIS_URL"]
    command = [
        str(find_program("prometheus-redis-exporter")),
        f"-redis.addr={address}",
        f"-web.listen-address=127.0.0.1:{port}",
    ]
    process = await ensure(home, secrets, Spec(REDIS, command, cwd=home.run, port=port, stage=2))
    await until_ready(home, process, lambda: answers(port, "/"))
    return port


async def _enable_rabbitmq_metrics(home: Home) -> int:
    """Turn the plugin on in the running broker, which listens on a port of the stack's from then on."""
    broker = find(load_running(home)["rabbitmq"])
    if broker is None:
        raise StepFailed("rabbitmq", "does not run", home.log("rabbitmq"))
    environment = broker.environ()
    port = reserve_port(home, RABBITMQ, in_use=True)
    try:
        await answers(port, "/metrics")
    except OSError:
        port = reserve_port(home, RABBITMQ)
        listening = f'application:set_env(rabbitmq_prometheus, tcp_config, [{{port, {port}}}, {{ip, "127.0.0.1"}}]).'
        await _ask_broker(home, environment, "rabbitmqctl", "eval", listening)
        await _ask_broker(home, environment, "rabbitmq-plugins", "enable", "--online", "rabbitmq_prometheus")
        await answers(port, "/metrics")
    return port


async def _ask_broker(home: Home, environment: Mapping[str, str], program: str, *arguments: str) -> None:
    log = home.log(RABBITMQ)
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            str(find_program(program)), *arguments, env=environment, stdout=output, stderr=output
        )
    if await process.wait():
        raise StepFailed(RABBITMQ, f"{program} {arguments[0]} failed", log)
