"""The whole stack: started in spite of a killed start, harmless to start again, and gone when it is stopped."""

import os
import signal
import stat
import subprocess
import sys
import time

import httpx
from cartwheel_local.secrets import load_secrets
from localservers.home import Home
from localservers.owners import data_directory, unprivileged_owner
from localservers.processes import marked
from localservers.state import load_running

DEADLINE_SECONDS = 120


def cartwheel_local(home: Home, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line on a home and return what it printed."""
    return subprocess.run(_command(*arguments), env=_environment(home), capture_output=True, text=True, check=False)


def test_up_after_a_killed_up_then_up_again_then_down(home: Home) -> None:
    """One life of a stack, from a start that is killed while the services start to a `down` that leaves nothing."""
    _kill_up_once_the_services_start(home)

    started = cartwheel_local(home, "up")
    assert started.returncode == 0, started.stdout + started.stderr
    processes = load_running(home)
    settings = dict(line.split("=", 1) for line in home.env_file.read_text().splitlines())
    assert stat.S_IMODE(home.env_file.stat().st_mode) == 0o600
    assert httpx.get(f"{settings['API_URL']}/api/health").status_code == 200
    assert "/api/public/cart" in httpx.get(f"{settings['API_URL']}/api/openapi.json").json()["paths"]
    assert httpx.get(settings["MAILBOX_URL"]).json() == []

    again = cartwheel_local(home, "up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert load_running(home) == processes
    assert cartwheel_local(home, "status").returncode == 0

    stopped = cartwheel_local(home, "down")
    assert stopped.returncode == 0, stopped.stdout + stopped.stderr
    assert marked(home, load_secrets(home)) == []
    assert cartwheel_local(home, "status").returncode == 1


def test_a_failed_step_shows_the_end_of_its_log(home: Home) -> None:
    """A person sees why, without looking for the file."""
    cartwheel_local(home, "servers", "up")
    cartwheel_local(home, "servers", "down")
    (data_directory(home, "postgres", unprivileged_owner()) / "PG_VERSION").write_text("9\n")

    failed = cartwheel_local(home, "servers", "up")

    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
    assert "postgres: ended before it was ready" in failed.stderr
    assert "incompatible" in failed.stderr


def test_commands_on_a_home_without_a_stack_say_so(home: Home) -> None:
    """A person who forgot `up` sees a sentence, not a traceback."""
    for command in (["env"], ["logs"]):
        failed = cartwheel_local(home, *command)

        assert failed.returncode == 1
        assert "Traceback" not in failed.stderr
        assert failed.stderr.startswith("✗")


def _kill_up_once_the_services_start(home: Home) -> None:
    with subprocess.Popen(_command("up"), env=_environment(home), stdout=subprocess.DEVNULL) as starting:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not list(home.logs.glob("*-api.log")):
            assert starting.poll() is None, "up ended by itself"
            assert time.monotonic() < deadline, "the services never started"
            time.sleep(0.05)
        os.kill(starting.pid, signal.SIGKILL)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cartwheel_local", *arguments]


def _environment(home: Home) -> dict[str, str]:
    given = {"POSTGRES_URL", "REDIS_URL", "RABBITMQ_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in given}
    return kept | {"CARTWHEEL_HOME": str(home.path)}
