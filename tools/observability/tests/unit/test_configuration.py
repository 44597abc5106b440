"""What Prometheus and Alertmanager of the one-machine stack are told."""

import asyncio
from pathlib import Path

import pytest
import yaml
from cartwheel_local.secrets import load_secrets
from localservers.errors import StepFailed
from localservers.home import Home
from localservers.state import Running, remember
from observability import alertmanager, prometheus
from observability.exporters import start_exporters
from observability.paths import ALERTMANAGER, RULES


def test_every_process_of_a_service_is_a_target_with_the_labels_of_the_rules() -> None:
    """Rules group by service and role; servers of others answer nothing of ours."""
    running = {
        name: Running(name, 1, 0.0, port, "") for name, port in (("cart-api", 1), ("cart-worker", 2), ("redis", 3))
    }

    targets = list(prometheus.targets_of(running))
    text = yaml.safe_load(prometheus.configuration(targets, "127.0.0.1:9"))

    assert text["scrape_configs"][0]["static_configs"] == [
        {"targets": ["127.0.0.1:1"], "labels": {"service": "cart", "role": "api"}},
        {"targets": ["127.0.0.1:2"], "labels": {"service": "cart", "role": "worker"}},
    ]
    assert text["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["127.0.0.1:9"]
    assert {Path(path).name for path in text["rule_files"]} == {
        "recording.yml",
        *(path.name for path in (RULES / "alerts").glob("*.yml")),
    }


def test_alerts_take_the_committed_routes_to_receivers_of_this_machine() -> None:
    """Nobody is paged by a stack on somebody's desk."""
    committed = yaml.safe_load(ALERTMANAGER.read_text())

    local = yaml.safe_load(alertmanager.configuration("http://127.0.0.1:9"))

    assert local["route"]["routes"] == committed["route"]["routes"]
    assert local["inhibit_rules"] == committed["inhibit_rules"]
    assert local["receivers"] == [
        {"name": receiver["name"], "webhook_configs": [{"url": f"http://127.0.0.1:9/{receiver['name']}"}]}
        for receiver in committed["receivers"]
    ]


async def test_servers_that_are_not_the_stacks_own_are_left_alone(tmp_path: Path) -> None:
    """A Redis or a RabbitMQ that was given by its address is somebody else's to measure."""
    home = Home.at(tmp_path)

    assert await start_exporters(home, load_secrets(home)) == []


async def test_a_broker_that_has_died_is_named(tmp_path: Path) -> None:
    """Instead of a port that nobody listens on."""
    home = Home.at(tmp_path)
    remember(home, Running("rabbitmq", 2**22 + 1, 0.0, 5672, ""))

    with pytest.raises(StepFailed, match="rabbitmq: does not run"):
        await start_exporters(home, load_secrets(home))


@pytest.mark.parametrize("status", ["200 OK", "503 Unavailable"])
async def test_only_200_counts_as_an_answer(status: str) -> None:
    """A server that is still loading answers too."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(f"HTTP/1.0 {status}\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        if status.startswith("200"):
            await prometheus.answers(port, "/-/ready")
        else:
            with pytest.raises(ConnectionError, match="503"):
                await prometheus.answers(port, "/-/ready")
