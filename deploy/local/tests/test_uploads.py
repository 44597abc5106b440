"""Uploads: nobody without a right to them makes the gateway keep a byte, and nobody holds it up."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from cartwheel_local import routes
from cartwheel_local.gateway import TEMPLATE, start_gateway
from cartwheel_local.secrets import load_secrets
from localservers.home import Home
from localservers.processes import find
from localservers.state import load_running

IMPORT = "/api/admin/products/import"
MIB = 2**20
ALLOWED = {"Authorization": "Bearer of an admin"}
"""What the backends of the tests take for a credential that may import."""


class Upload:
    """A request with a long body, of which only what is asked for is sent."""

    def __init__(
        self, gateway: str, path: str, headers: dict[str, str], length: int = 60 * MIB, sender: str = "127.0.0.1"
    ) -> None:
        url = httpx.URL(gateway)
        self._connection = socket.create_connection((url.host, url.port), timeout=10, source_address=(sender, 0))
        lines = [f"POST {path} HTTP/1.1", "Host: shop", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._connection.sendall("\r\n".join((*lines, "", "")).encode())

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def sends(self, size: int) -> None:
        """Send so much of the body."""
        self._connection.sendall(b"x" * size)

    def answer(self) -> tuple[int, dict[str, str], dict[str, object]]:
        """The answer's status, headers and body."""
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            received += self._connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in lines), json.loads(body)

    def is_ended(self) -> bool:
        """Whether the gateway ends it without an answer."""
        return is_ended(self._connection)


def is_ended(connection: socket.socket) -> bool:
    """Whether the other end closes or resets the connection without a word; waits for it."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def kept_bodies(home: Home) -> list[str]:
    """The files in which the gateway keeps bodies at the moment: it removes their names at once, and has them open."""
    master = find(load_running(home)["gateway"])
    assert master is not None
    files = [file for worker in master.children() for file in Path(f"/proc/{worker.pid}/fd").iterdir()]
    return [target for target in map(opened, files) if "/bodies/" in target]


def opened(file: Path) -> str:
    """What a descriptor leads to, nothing when it was closed meanwhile."""
    try:
        return str(file.readlink())
    except FileNotFoundError:
        return ""


@pytest.fixture
def kept(home: Home) -> Callable[[], list[str]]:
    """The bodies that the test's gateway keeps at the moment."""
    return lambda: kept_bodies(home)


@pytest.fixture
def own_gateway(home: Home, backends: dict[str, int]) -> str:
    """A gateway that no other test uses."""
    return asyncio.run(start_gateway(home, load_secrets(home), backends))


@pytest.fixture
def hasty_gateway(home: Home, backends: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A gateway that waits for a second where it would wait for 10 or 15."""
    text = TEMPLATE.read_text()
    for patient in ("client_header_timeout 10s;", "client_body_timeout 15s;"):
        assert patient in text
        text = text.replace(patient, patient.replace("10s", "1s").replace("15s", "1s"))
    (tmp_path / "template").write_text(text)
    monkeypatch.setattr("cartwheel_local.gateway.TEMPLATE", tmp_path / "template")
    return asyncio.run(start_gateway(home, load_secrets(home), backends))


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "Bearer of nobody"}, 401, "UNAUTHENTICATED"),
        ({"Authorization": "Bearer of a shopper"}, 403, "FORBIDDEN"),
    ],
)
@pytest.mark.parametrize("sent", [0, MIB])
def test_an_upload_is_judged_before_its_body(
    own_gateway: str, kept: Callable[[], list[str]], headers: dict[str, str], status: int, code: str, sent: int
) -> None:
    """60 MiB are announced; the refusal comes before the first byte of them, and nothing of what came is kept."""
    with Upload(own_gateway, IMPORT, headers) as upload:
        upload.sends(sent)
        answered, fields, problem = upload.answer()

        assert (answered, problem["code"], problem["requestId"]) == (status, code, fields["x-request-id"])
        assert fields["content-type"] == "application/problem+json"
        assert kept() == []


def test_whoever_may_import_is_let_through(own_gateway: str, kept: Callable[[], list[str]]) -> None:
    """The file is kept until it is whole, and arrives with the credential."""
    with Upload(own_gateway, IMPORT, ALLOWED, length=MIB) as upload:
        upload.sends(MIB // 2)
        until(lambda: len(kept()) == 1)
        upload.sends(MIB // 2)
        status, _, seen = upload.answer()

    assert (status, seen["owner"], seen["path"], seen["bytes"]) == (200, "inventory", IMPORT, MIB)


def test_a_service_that_cannot_say_is_a_clear_503(home: Home, backends: dict[str, int]) -> None:
    """While nobody can judge an upload it is not taken."""
    gateway = asyncio.run(start_gateway(home, load_secrets(home), {**backends, "inventory": 1}))

    with Upload(gateway, IMPORT, ALLOWED) as upload:
        status, fields, problem = upload.answer()

    assert (status, problem["code"], fields["retry-after"]) == (503, "SERVICE_UNAVAILABLE", "2")


def test_one_address_uploads_a_few_files_at_once(own_gateway: str, kept: Callable[[], list[str]]) -> None:
    """One more is told to come back; what an address can make the gateway keep is bounded."""
    with ExitStack() as stack:
        for _ in range(routes.UPLOADS_PER_ADDRESS):
            stack.enter_context(Upload(own_gateway, IMPORT, ALLOWED)).sends(MIB)
        until(lambda: len(kept()) == routes.UPLOADS_PER_ADDRESS)
        status, fields, problem = stack.enter_context(Upload(own_gateway, IMPORT, ALLOWED)).answer()

    assert (status, problem["code"], fields["retry-after"]) == (429, "RATE_LIMITED", "2")


def test_one_address_has_so_many_requests_in_hand(
    home: Home, backends: dict[str, int], kept: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds that many open gets no other answered, whatever it is for."""
    monkeypatch.setattr(routes, "CONNECTIONS_PER_ADDRESS", 2)
    gateway = asyncio.run(start_gateway(home, load_secrets(home), backends))
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(Upload(gateway, "/api/cart", {}, length=MIB)).sends(MIB // 2)
        until(lambda: len(kept()) == 2)
        answer = httpx.get(f"{gateway}/api/cart")

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, "RATE_LIMITED", "2")


@pytest.mark.parametrize(("path", "headers"), [(IMPORT, ALLOWED), ("/api/cart", {})])
@pytest.mark.parametrize(
    ("bound", "senders"),
    [("BODIES", ["127.0.0.1", "127.0.0.2", "127.0.0.3"]), ("BODIES_PER_ADDRESS", ["127.0.0.1"] * 3)],
)
def test_bodies_that_drip_are_bounded_and_leave_room_for_reading(
    home: Home,
    backends: dict[str, int],
    kept: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    bound: str,
    senders: list[str],
    path: str,
    headers: dict[str, str],
) -> None:
    """However many addresses they come from: one more is told to come back, and who sends no body is answered."""
    monkeypatch.setattr(routes, bound, 2)
    gateway = asyncio.run(start_gateway(home, load_secrets(home), backends))
    with ExitStack() as stack:
        *dripping, last = senders
        for sender in dripping:
            stack.enter_context(Upload(gateway, path, headers, length=MIB, sender=sender)).sends(MIB // 2)
        until(lambda: len(kept()) == 2)
        status, _, problem = stack.enter_context(Upload(gateway, path, headers, length=MIB, sender=last)).answer()
        reading = [httpx.get(f"{gateway}/api/cart"), httpx.get(f"{gateway}/api/cart", headers={"content-length": "0"})]

    assert (status, problem["code"]) == (429, "RATE_LIMITED")
    assert [answer.status_code for answer in reading] == [200, 200]


@pytest.mark.parametrize(("path", "headers"), [(IMPORT, ALLOWED), ("/api/cart", {})])
def test_a_body_that_stops_ends(hasty_gateway: str, path: str, headers: dict[str, str]) -> None:
    """Whoever stops sending loses the connection, wherever the body was going."""
    with Upload(hasty_gateway, path, headers, length=MIB) as upload:
        upload.sends(1_000)

        assert upload.is_ended()


def test_headers_that_stop_end(hasty_gateway: str) -> None:
    """A request whose headers never end is given up."""
    url = httpx.URL(hasty_gateway)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(b"GET /api/cart HTTP/1.1\r\nHost: sh")

        assert is_ended(connection)
