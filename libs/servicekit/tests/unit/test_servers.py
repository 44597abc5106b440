"""Where tests' servers come from when a Docker engine answers; here none has to."""

from unittest.mock import MagicMock

import pytest
from localservers.servers import Servers
from servicekit.testing import servers
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer


def test_containers_are_started_and_their_addresses_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that they need is installed, and each port is the one that the engine has given."""
    started: list[str] = []

    def start(container: DockerContainer) -> DockerContainer:
        started.append(container.image)
        container._container = MagicMock()
        return container

    monkeypatch.setattr(servers, "_docker_answers", lambda: True)
    monkeypatch.setattr("testcontainers.core.container.DockerClient", MagicMock())
    monkeypatch.setattr(PostgresContainer, "_connect", lambda self: None)
    monkeypatch.setattr(DockerContainer, "start", start)
    monkeypatch.setattr(DockerContainer, "stop", lambda self, **options: None)
    monkeypatch.setattr(DockerContainer, "get_container_host_ip", lambda self: "docker.test")
    monkeypatch.setattr(DockerContainer, "get_exposed_port", lambda self, port: port + 10_000)
    for name in ("POSTGRES", "REDIS", "RABBITMQ"):
        monkeypatch.delenv(f"TEST_{name}_URL", raising=False)

    with servers.running_servers() as running:
        found = running

    assert started == ["postgres:15", "redis:7", "rabbitmq:3.13"]
    assert found == Servers(
        "postgresql://test:test@docker.test:15432/test",
        "redis://docker.test:16379/0",
        "amqp://guest:guest@docker.test:15672/",
    )
