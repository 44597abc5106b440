"""Starting processes that outlive their starter, and ending those and no others."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psutil
import pytest
from localservers.home import Home
from localservers.processes import (
    MARK_VARIABLE,
    Spec,
    ensure,
    exit_status,
    find,
    is_alive,
    marked,
    spawn,
    stop,
    stop_all,
    stop_strays,
)
from localservers.secrets import ServerSecrets
from localservers.state import forget, load_running, remember

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]
PARENT = [sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"]


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that the stack has nothing to do with."""
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def test_no_secret_is_in_a_command_line(home: Home, secrets: ServerSecrets) -> None:
    """Everybody on the machine may read it, for as long as the process runs: it is not started."""
    spec = Spec("leaky", [*SLEEP, f"password={secrets.postgres_password}"], cwd=home.run)

    with pytest.raises(ValueError, match="command line of leaky would show postgres_password"):
        spawn(home, secrets, spec)

    assert marked(home, secrets) == []


async def test_a_stranger_with_a_remembered_pid_is_never_ended(
    home: Home, secrets: ServerSecrets, stranger: subprocess.Popen[bytes]
) -> None:
    """After a reboot our old pid may be somebody's editor: its creation time decides."""
    ours = spawn(home, secrets, Spec("sleeper", SLEEP, cwd=home.run))
    await stop(home, ours)
    remember(home, replace(ours, pid=stranger.pid, create_time=ours.create_time - 3600))

    await stop_all(home)

    assert stranger.poll() is None
    assert load_running(home) == {}


async def test_a_stranger_is_no_stray(home: Home, secrets: ServerSecrets, stranger: subprocess.Popen[bytes]) -> None:
    """Only the mark makes a process ours, not its program nor the directory it was started in."""
    await stop_strays(home, secrets)

    assert stranger.poll() is None


async def test_what_was_started_but_never_written_down_is_ended(home: Home, secrets: ServerSecrets) -> None:
    """That is what a killed `up` leaves when it dies between the two."""
    lost = spawn(home, secrets, Spec("sleeper", SLEEP, cwd=home.run))
    forget(home, "sleeper")

    assert await stop_strays(home, secrets) == 1
    assert not is_alive(lost)


async def test_what_is_written_down_is_no_stray(home: Home, secrets: ServerSecrets) -> None:
    """A second `up` must not end what the first one started, nor its children."""
    process = spawn(home, secrets, Spec("parent", PARENT, cwd=home.run))

    assert await stop_strays(home, secrets) == 0
    assert is_alive(process)


async def test_a_process_ends_with_its_children(home: Home, secrets: ServerSecrets) -> None:
    """Nothing that the stack started stays behind, whoever started it in turn."""
    process = spawn(home, secrets, Spec("parent", PARENT, cwd=home.run))
    parent = find(process)
    assert parent is not None
    while not parent.children():
        os.sched_yield()
    (child,) = parent.children()

    await stop(home, process)

    assert not psutil.pid_exists(process.pid) or not is_alive(process)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert marked(home, secrets) == []


async def test_a_process_that_will_not_end_is_ended(home: Home, secrets: ServerSecrets) -> None:
    """`down` always gets there."""
    process = spawn(home, secrets, Spec("deaf", DEAF, cwd=home.run))
    while "deaf" not in home.log("deaf").read_text():
        os.sched_yield()

    await stop(home, process, seconds=0.2)

    assert not is_alive(process)


async def test_ensuring_twice_starts_once(home: Home, secrets: ServerSecrets) -> None:
    """A second `up` is harmless."""
    spec = Spec("sleeper", SLEEP, cwd=home.run)

    first = await ensure(home, secrets, spec)

    assert await ensure(home, secrets, spec) == first


@pytest.mark.parametrize("change", [{"environment": {"A": "1"}}, {"configuration": "x"}, {"command": [*SLEEP, "x"]}])
async def test_a_process_that_is_out_of_date_is_replaced(
    home: Home, secrets: ServerSecrets, change: dict[str, Any]
) -> None:
    """Another setting, another configuration or another command must not be without effect."""
    spec = Spec("sleeper", SLEEP, cwd=home.run)
    first = await ensure(home, secrets, spec)

    second = await ensure(home, secrets, replace(spec, **change))

    assert second.pid != first.pid
    assert not is_alive(first)


async def test_a_dead_process_is_started_again(home: Home, secrets: ServerSecrets) -> None:
    """`up` repairs what broke."""
    spec = Spec("sleeper", SLEEP, cwd=home.run)
    first = await ensure(home, secrets, spec)
    os.kill(first.pid, signal.SIGKILL)
    while is_alive(first):
        os.sched_yield()

    assert (await ensure(home, secrets, spec)).pid != first.pid


async def test_how_a_child_ended_is_known(home: Home, secrets: ServerSecrets) -> None:
    """Its status, or the signal; nothing while it runs."""
    left = spawn(home, secrets, Spec("left", [sys.executable, "-c", "raise SystemExit(3)"], cwd=home.run))
    killed = spawn(home, secrets, Spec("killed", SLEEP, cwd=home.run))
    running = exit_status(killed)
    os.kill(killed.pid, signal.SIGKILL)
    while is_alive(left) or is_alive(killed):
        os.sched_yield()

    assert (running, exit_status(left), exit_status(killed)) == (None, 3, -signal.SIGKILL)


def environment_of(process: psutil.Process) -> dict[str, str]:
    """The process' environment, which reads as empty for the moment in which its program replaces ours."""
    while not (environment := process.environ()):
        os.sched_yield()
    return environment


def test_the_callers_environment_does_not_leak(
    home: Home, secrets: ServerSecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DATABASE_URL in somebody's shell must never reach our services."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody/else")
    process = find(spawn(home, secrets, Spec("sleeper", SLEEP, cwd=home.run)))

    assert process is not None
    environment = environment_of(process)
    assert "DATABASE_URL" not in environment
    assert environment[MARK_VARIABLE] == secrets.mark
