"""Homes for tests, each its own and deleted whatever happens, and backends that tell what reached them."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cartwheel_local.gateway import gateway_directory, start_gateway
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.services import SERVICES
from cartwheel_local.stack import purge
from localservers.files import write_whole
from localservers.home import Home

_PERMISSIONS = {"Bearer of an admin": 200, "Bearer of a shopper": 403}
"""What a backend answers to the gateway's question who may import, by credential; else 401."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that nobody else has, whose PostgreSQL waits for no disk."""
    home = Home.volatile_at(tmp_path / "home")
    yield home
    asyncio.run(purge(home))


@pytest.fixture
def secrets(home: Home) -> Secrets:
    """The first home's secrets."""
    return load_secrets(home)


@pytest.fixture(scope="session")
def backends() -> Iterator[dict[str, int]]:
    """One backend per service that answers with its name; the ports by name."""
    with ExitStack() as stack:
        yield {service: stack.enter_context(echoing(service)) for service in SERVICES}


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home for all tests of a module."""
    home = Home.at(tmp_path_factory.mktemp("gateway") / "home")
    yield home
    asyncio.run(purge(home))


@pytest.fixture(scope="module")
def gateway(backends: dict[str, int], module_home: Home) -> str:
    """The address of a real gateway in front of backends that answer with their names."""
    address = asyncio.run(start_gateway(module_home, load_secrets(module_home), backends))
    write_whole(gateway_directory(module_home) / "openapi.json", "{}")
    return address


@contextmanager
def echoing(service: str, requests: list[str] | None = None) -> Iterator[int]:
    """A backend that answers with its name, and writes down what it was asked."""

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            """Say who answered, which path arrived, and with which headers."""
            if requests is not None:
                requests.append(f"{self.command} {self.path}")
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = dict(self.headers.items())
            seen = {"owner": service, "path": self.path, "headers": headers, "bytes": len(content)}
            body = json.dumps(seen).encode()
            is_permission = self.path == "/internal/imports/permission"
            self.send_response(_PERMISSIONS.get(headers.get("Authorization", ""), 401) if is_permission else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Request-Id", "the backend's own")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # the name that http.server gives it
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
