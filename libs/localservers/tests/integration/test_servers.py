"""PostgreSQL, Redis and RabbitMQ of one's own."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import psutil
import pytest
from localservers import servers
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.owners import data_directory, unprivileged_owner
from localservers.processes import is_alive, marked
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.state import load_running

DEADLINE_SECONDS = 60


def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition, or fail after a minute."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.05)


def listening_addresses(home: Home) -> set[str]:
    """Every address that a process of the home listens on."""
    return {
        connection.laddr.ip
        for process in marked(home, keep_secrets(home, ServerSecrets))
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }


def test_servers_start_answer_and_leave_nothing(home: Home) -> None:
    """Each one takes a real connection, only on loopback and only on ports of the home's own."""
    running = servers.start(home.path)

    assert listening_addresses(home) <= {"127.0.0.1", "::1"}
    assert {urlsplit(url).port for url in (running.postgres_url, running.redis_url, running.rabbitmq_url)}.isdisjoint(
        {5432, 6379, 5672}
    )

    servers.stop(home.path)

    assert marked(home, keep_secrets(home, ServerSecrets)) == []
    assert load_running(home) == {}


def test_starting_again_changes_nothing(home: Home) -> None:
    """A second start is quick because it does nothing: every process is the same one."""
    first = servers.start(home.path)
    processes = load_running(home)

    assert servers.start(home.path) == first
    assert load_running(home) == processes


def test_two_homes_run_side_by_side(home: Home, second_home: Home) -> None:
    """Two clones on one machine share nothing, and ending one leaves the other."""
    one, other = servers.start(home.path), servers.start(second_home.path)

    servers.stop(home.path)

    assert one.rabbitmq_url != other.rabbitmq_url
    assert all(is_alive(process) for process in load_running(second_home).values())
    assert asyncio.run(_answers(other))


def test_a_start_killed_in_the_middle_is_cleaned_up_by_the_next(home: Home) -> None:
    """kill -9 while the servers are starting leaves processes that the next start ends or takes over."""
    program = "import pathlib, sys; from localservers.servers import start; start(pathlib.Path(sys.argv[1]))"
    with subprocess.Popen([sys.executable, "-c", program, str(home.path)]) as starting:
        until(lambda: "rabbitmq" in load_running(home))
        os.kill(starting.pid, signal.SIGKILL)

    running = servers.start(home.path)

    assert asyncio.run(_answers(running))
    known = {process.pid for process in load_running(home).values()}
    families = {child.pid for pid in known for child in psutil.Process(pid).children(recursive=True)}
    assert {process.pid for process in marked(home, keep_secrets(home, ServerSecrets))} <= known | families


def test_a_half_made_cluster_is_made_again(home: Home) -> None:
    """kill -9 inside initdb leaves a directory that PostgreSQL would refuse."""
    leftover = data_directory(home, "postgres", unprivileged_owner()) / "base"
    leftover.mkdir()
    (leftover / "half").touch()

    running = servers.start(home.path)

    assert asyncio.run(_answers(running))


def test_the_cluster_of_a_deleted_clone_is_not_taken_over(home: Home) -> None:
    """What a clone left outside itself cannot be opened by the next one at the same place: it is made again."""
    servers.start(home.path)
    servers.stop(home.path)
    shutil.rmtree(home.path)

    running = servers.start(home.path)

    assert asyncio.run(_answers(running))


def test_a_given_address_is_used_and_never_stopped(
    home: Home, second_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever brings servers of their own keeps them."""
    given = servers.start(second_home.path)
    for name, url in (("POSTGRES", given.postgres_url), ("REDIS", given.redis_url), ("RABBITMQ", given.rabbitmq_url)):
        monkeypatch.setenv(f"{name}_URL", url)

    used = servers.start(home.path)
    servers.stop(home.path)

    assert used == given
    assert load_running(home) == {}
    assert asyncio.run(_answers(given))


def test_ones_own_address_in_the_environment_is_not_a_given_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sourced stack.env and runs `up` again wants the stack, not an error about a server that is away."""
    own = servers.start(home.path)
    servers.stop(home.path)
    monkeypatch.setenv("REDIS_URL", own.redis_url)

    servers.start(home.path)

    assert "redis" in load_running(home)


def test_a_server_that_cannot_start_says_so_with_its_log(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the process and the file whose last lines say why."""
    servers.start(home.path)
    servers.stop(home.path)
    (data_directory(home, "postgres", unprivileged_owner()) / "PG_VERSION").write_text("9\n")

    with pytest.raises(StepFailed) as failure:
        servers.start(home.path)

    assert failure.value.name == "postgres"
    assert failure.value.log is not None
    assert "incompatible" in failure.value.log.read_text()


def test_a_volatile_home_loses_nothing_to_a_kill(home: Home) -> None:
    """Its PostgreSQL waits for no disk, and has what was committed when all of it was killed."""
    running = servers.start(home.path, volatile=True)
    settings = asyncio.run(_first_values(running, "SHOW fsync", "SHOW synchronous_commit"))
    asyncio.run(_first_values(running, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('committed')"))
    postmaster = psutil.Process(load_running(home)["postgres"].pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=DEADLINE_SECONDS)

    again = servers.start(home.path)

    assert settings == ["off", "on"]
    assert asyncio.run(_first_values(again, "SELECT word FROM kept", "SHOW fsync")) == ["committed", "off"]


def test_secrets_are_kept_to_their_owner(home: Home) -> None:
    """Nobody else on the machine may read them, and they are the same every time."""
    first = keep_secrets(home, ServerSecrets)

    assert keep_secrets(home, ServerSecrets) == first
    assert stat.S_IMODE(home.secrets_file.stat().st_mode) == 0o600


async def _first_values(running: servers.Servers, *statements: str) -> list[str | None]:
    """Execute statements in transactions of their own, and return the first value of each."""
    connection = await asyncpg.connect(running.postgres_url)
    try:
        return [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()


async def _answers(running: servers.Servers) -> bool:
    database = await asyncpg.connect(running.postgres_url)
    await database.close()
    broker = await aio_pika.connect(running.rabbitmq_url)
    await broker.close()
    redis = urlsplit(running.redis_url)
    with socket.create_connection((redis.hostname, redis.port)) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16) == b"+PONG\r\n"
