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
    from testcontainers.postgres import PostgresContainer  # noqa: PLC0415  # a development dependency
    from testcontainers.rabbitmq import RabbitMqContainer  # noqa: PLC0415  # a development dependency
    from testcontainers.redis import RedisContainer  # noqa: PLC0415  # a development dependency

    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresContainer("postgres:15", driver=None))
        redis = stack.enter_context(RedisContainer("redis:7"))
        rabbitmq = stack.enter_context(RabbitMqContainer("rabbitmq:3.13"))
        yield Servers(
            postgres.get_connection_url(),
            f"redis://{redis.get_container_host_ip()}:{redis.get_exposed_port(6379)}/0",
            f"amqp://guest:guest@{rabbitmq.get_container_host_ip()}:{rabbitmq.get_exposed_port(5672)}/",
        )


def _own_processes() -> Servers:
    return start(Path(os.environ.get("CARTWHEEL_TEST_HOME") or REPOSITORY / ".local" / "test"))
