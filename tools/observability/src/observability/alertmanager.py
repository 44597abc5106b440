"""An Alertmanager of the stack's own: the routes of the repository, with receivers that are on this machine."""

import sys
from pathlib import Path
from typing import Any

import yaml
from cartwheel_local.secrets import Secrets
from localservers.files import write_whole
from localservers.home import Home
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running

from observability.paths import ALERTMANAGER
from observability.prometheus import answers

NAME = "alertmanager"
RECEIVER = "alerts"


def configuration(receiver_url: str, committed: Path = ALERTMANAGER) -> str:
    """The committed routes and inhibitions; every receiver posts to `receiver_url`, under its own name.

    Groups wait a second instead of half a minute: somebody is waiting for them.
    """
    settings: dict[str, Any] = yaml.safe_load(committed.read_text())
    settings["route"] |= {"group_wait": "1s", "group_interval": "5s"}
    settings["receivers"] = [
        {"name": receiver["name"], "webhook_configs": [{"url": f"{receiver_url}/{receiver['name']}"}]}
        for receiver in settings["receivers"]
    ]
    return yaml.safe_dump(settings, sort_keys=False)


async def start_receiver(home: Home, secrets: Secrets) -> str:
    """Start what is paged in place of a person, unless it runs, and return its address."""
    running = load_running(home)
    port = reserve_port(home, RECEIVER, in_use=RECEIVER in running and is_alive(running[RECEIVER]))
    command = [sys.executable, "-m", "observability.receiver", "--port", str(port)]
    process = await ensure(home, secrets, Spec(RECEIVER, command, cwd=home.run, port=port, stage=1))
    await until_ready(home, process, lambda: answers(port, "/"))
    return f"http://127.0.0.1:{port}"


async def start_alertmanager(home: Home, secrets: Secrets, receiver_url: str) -> str:
    """Start it unless it runs with these routes, and return its address."""
    running = load_running(home)
    port = reserve_port(home, NAME, in_use=NAME in running and is_alive(running[NAME]))
    directory = home.run / NAME
    directory.mkdir(exist_ok=True)
    text = configuration(receiver_url)
    write_whole(directory / "alertmanager.yml", text)
    command = [
        str(find_program("prometheus-alertmanager")),
        f"--config.file={directory / 'alertmanager.yml'}",
        f"--storage.path={directory / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",  # one alone
    ]
    process = await ensure(home, secrets, Spec(NAME, command, cwd=directory, port=port, configuration=text, stage=2))
    await until_ready(home, process, lambda: answers(port, "/-/ready"))
    return f"http://127.0.0.1:{port}"
