"""A Prometheus of the stack's own, which scrapes the stack's processes and evaluates the rules of the repository."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import ROLES, SERVICES
from localservers.files import write_whole
from localservers.home import Home
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive
from localservers.readiness import until_ready
from localservers.state import Running, load_running

from observability.paths import RULES
from observability.rules import rule_files

NAME = "prometheus"
EVERY = "5s"
"""Between two scrapes, and between two evaluations: short, for somebody who waits."""


@dataclass(frozen=True, slots=True)
class Target:
    """A process that answers /metrics, with the labels that rules group by."""

    address: str
    service: str
    role: str


def targets_of(running: dict[str, Running]) -> Iterator[Target]:
    """The processes of a stack that answer /metrics, whether or not they live: one that died is to be noticed."""
    for service in SERVICES:
        for role in ROLES:
            process = running.get(f"{service}-{role}")
            if process is not None:
                yield Target(f"127.0.0.1:{process.port}", service, role)


def configuration(targets: list[Target], alertmanager: str, rules: Path = RULES) -> str:
    """What Prometheus reads when it starts; `alertmanager` is a host:port."""
    return yaml.safe_dump(
        {
            "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
            "rule_files": [str(path) for path in rule_files(rules)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
            "scrape_configs": [
                {
                    "job_name": "cartwheel",
                    "static_configs": [
                        {"targets": [target.address], "labels": {"service": target.service, "role": target.role}}
                        for target in targets
                    ],
                }
            ],
        },
        sort_keys=False,
    )


async def start_prometheus(home: Home, secrets: Secrets, servers: Sequence[Target], alertmanager: str) -> str:
    """Start it unless it runs with these targets and rules, and return its address; `servers` are scraped too."""
    running = load_running(home)
    port = reserve_port(home, NAME, in_use=NAME in running and is_alive(running[NAME]))
    directory = home.run / NAME
    directory.mkdir(exist_ok=True)
    text = configuration([*targets_of(running), *servers], alertmanager)
    write_whole(directory / "prometheus.yml", text)
    command = [
        str(find_program("prometheus")),
        f"--config.file={directory / 'prometheus.yml'}",
        f"--storage.tsdb.path={directory / 'data'}",
        "--storage.tsdb.retention.time=2d",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    rules = "".join(path.read_text() for path in rule_files(RULES))
    spec = Spec(NAME, command, cwd=directory, port=port, configuration=text + rules, stage=3)
    process = await ensure(home, secrets, spec)
    await until_ready(home, process, lambda: answers(port, "/-/ready"))
    return f"http://127.0.0.1:{port}"


async def answers(port: int, path: str) -> None:
    """Ask for a page of this machine; raises ConnectionError unless it is answered with 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
        status = await reader.readline()
    finally:
        writer.close()
    if b" 200 " not in status:
        raise ConnectionError(f"{path} answered {status!r}")
