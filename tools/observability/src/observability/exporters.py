"""Metrics of servers that are not ours: PostgreSQL, Redis and nginx by exporters, RabbitMQ by its own plugin."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cartwheel_local.gateway import status_port
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

RABBITMQ = "rabbitmq-metrics"
SERVERS = tuple((name, "server") for name in ("postgres", "redis", "rabbitmq", "gateway"))
"""The labels of their targets, beside those of the services."""
METRICS = frozenset(
    {
        "pg_up",
        "pg_settings_archive_timeout_seconds",
        "pg_settings_max_connections",
        "pg_stat_archiver_archived_count",
        "pg_stat_archiver_failed_count",
        "pg_stat_archiver_last_archive_age",
        "pg_stat_database_numbackends",
        "pg_stat_database_xact_commit",
        "pg_stat_database_xact_rollback",
        "pg_stat_database_blks_hit",
        "pg_stat_database_blks_read",
        "pg_stat_database_deadlocks",
        "pg_stat_database_tup_inserted",
        "pg_stat_database_tup_updated",
        "pg_stat_database_tup_deleted",
        "pg_stat_activity_max_tx_duration",
        "pg_database_size_bytes",
        "redis_up",
        "redis_memory_used_bytes",
        "redis_memory_max_bytes",
        "redis_connected_clients",
        "rabbitmq_connections",
        "rabbitmq_disk_space_available_bytes",
        "rabbitmq_process_resident_memory_bytes",
        "rabbitmq_queue_messages_ready",
        "rabbitmq_queue_messages_unacked",
        "nginx_up",
        "nginx_connections_accepted",
        "nginx_connections_active",
        "nginx_connections_handled",
        "nginx_connections_waiting",
        "nginx_http_requests_total",
    }
)
"""Those that rules and dashboards may use; `make observe-check` shows that they are there."""


async def start_exporters(home: Home, secrets: Secrets) -> list[Target]:
    """Have the stack's own servers measured, and return where; those of others are left out.

    Idempotent. Raises StepFailed with the log of what did not start.
    """
    running = load_running(home)
    ports: dict[str, int] = {}
    if "postgres" in running:
        source = {"DATA_SOURCE_NAME": f"{read_env(home.env_file)['POSTGRES_URL']}?sslmode=disable"}
        ports["postgres"] = await _start(home, secrets, "postgres", "--web.listen-address", environment=source)
    if "redis" in running:
        address = read_env(home.env_file)["REDIS_URL"]
        ports["redis"] = await _start(home, secrets, "redis", "-web.listen-address", [f"-redis.addr={address}"])
    if "rabbitmq" in running:
        ports["rabbitmq"] = await _enable_rabbitmq_metrics(home)
    if "gateway" in running:
        page = f"-nginx.scrape-uri=http://127.0.0.1:{status_port(home)}/status"
        ports["gateway"] = await _start(home, secrets, "nginx", "-web.listen-address", [page])
    return [Target(f"127.0.0.1:{ports[name]}", name, role) for name, role in SERVERS if name in ports]


async def _start(
    home: Home,
    secrets: Secrets,
    server: str,
    listening: str,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """Start Debian's exporter for a server, and return its port; `listening` is its option for the address."""
    running, name = load_running(home), f"{server}-exporter"
    port = reserve_port(home, name, in_use=name in running and is_alive(running[name]))
    command = [str(find_program(f"prometheus-{name}")), f"{listening}=127.0.0.1:{port}", *arguments]
    spec = Spec(name, command, cwd=home.run, environment=dict(environment), port=port, stage=2)
    process = await ensure(home, secrets, spec)
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
