"""Where the tests' PostgreSQL, Redis and RabbitMQ come from.

In this order: TEST_POSTGRES_URL, TEST_REDIS_URL and TEST_RABBITMQ_URL together; containers, where a Docker engine
answers; else ordinary processes of the repository's own, in `.local/test` (or CARTWHEEL_TEST_HOME), which stay up for
the next run and are ended by `make test` or `cartwheel-local servers down`.
"""

import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from localservers.home import REPOSITORY
from localservers.servers import Servers, start

AMQP = 5672


@contextmanager
def running_servers() -> Generator[Servers]:
    """Provide servers for a test session; containers end with it."""
    given = [os.environ.get(f"TEST_{name}_URL") for name in ("POSTGRES", "REDIS", "RABBITMQ")]
    if all(given):
        yield Servers(*(address or "" for address in given))
    elif _docker_answers():
        with _containers() as servers:
            yield servers
    else:
        yield _own_processes()


def _docker_answers() -> bool:
    import docker  # type: ignore[import-untyped]  # noqa: PLC0415  # of testcontainers, only for tests; no types
    from docker.errors import DockerException  # type: ignore[import-untyped]  # noqa: PLC0415  # a development dependency

    try:
        return bool(docker.from_env().ping())
    except DockerException:
        return False


@contextmanager
def _containers() -> Generator[Servers]:
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415  # a development dependency
    from testcontainers.community.redis import RedisContainer  # noqa: PLC0415  # a development dependency
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415  # a development dependency
    from testcontainers.core.wait_strategies import ExecWaitStrategy  # noqa: PLC0415  # a development dependency

    with ExitStack() as stack:
        postgres = PostgresContainer("postgres:15", driver=None).with_command("postgres -cmax_connections=300")
        stack.enter_context(postgres)
        redis = stack.enter_context(RedisContainer("redis:7"))
        # The library's own container of RabbitMQ needs a second client of it, pika.
        broker = DockerContainer("rabbitmq:3.13").with_exposed_ports(AMQP)
        broker.waiting_for(ExecWaitStrategy(["rabbitmq-diagnostics", "--quiet", "check_port_connectivity"]))
        stack.enter_context(broker)
        yield Servers(
            postgres.get_connection_url(),
            f"redis://{redis.get_container_host_ip()}:{redis.get_exposed_port(6379)}/0",
            f"amqp://guest:guest@{broker.get_container_host_ip()}:{broker.get_exposed_port(AMQP)}/",
        )


def _own_processes() -> Servers:
    return start(Path(os.environ.get("CARTWHEEL_TEST_HOME") or REPOSITORY / ".local" / "test"), volatile=True)
