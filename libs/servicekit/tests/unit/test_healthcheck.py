"""What a container's engine runs to learn whether the service in it is ready."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from servicekit.cli.healthcheck import main, port_of

NO_PORT = "1"
"""Where nothing of ours ever listens."""


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A server on a port of its own that answers every request with this status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def first_process(folder: Path, *command: str) -> Path:
    """A file like /proc/1/cmdline."""
    file = folder / "cmdline"
    file.write_bytes(b"".join(f"{part}\0".encode() for part in command))
    return file


@pytest.mark.parametrize(
    ("command", "port"),
    [
        (["python", "-m", "cart", "api", "--host", "::", "--port", "8123"], 8123),
        (["/sbin/docker-init", "--", "python", "-m", "cart", "worker", "--health-port", "8001"], 8001),
        (["python", "-m", "cart", "api"], 8000),
        (["python", "-m", "cart", "migrate"], None),
        (["python", "-m", "cart", "api", "--port"], 8000),
    ],
)
def test_the_port_is_that_of_the_role(command: list[str], port: int | None) -> None:
    """One image has several roles, each with probes on a port of its own."""
    assert port_of(command) == port


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_ready_is_who_answers_200(tmp_path: Path, status: int, code: int) -> None:
    """A service whose database is away is up, and not ready."""
    with answering(status) as port:
        assert main(first_process(tmp_path, "python", "-m", "cart", "api", "--port", str(port))) == code


def test_who_does_not_answer_is_not_ready(tmp_path: Path) -> None:
    """A refused connection is an answer too."""
    assert main(first_process(tmp_path, "python", "-m", "cart", "worker", "--health-port", NO_PORT)) == 1


def test_a_migration_has_no_probe(tmp_path: Path) -> None:
    """It is judged by how it ends."""
    assert main(first_process(tmp_path, "python", "-m", "cart", "migrate")) == 0


def test_nothing_heavy_is_imported() -> None:
    """It runs every few seconds beside the service, on the same processor."""
    heavy = "'fastapi', 'pydantic', 'asyncpg', 'typer'"
    code = f"import sys, servicekit.cli.healthcheck; sys.exit(bool({{{heavy}}} & sys.modules.keys()))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
