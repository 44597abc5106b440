"""What is no HTTP is refused by the server itself, in the shape of every other refusal."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from servicekit.testing.live import serving
from starlette.applications import Starlette

UNREADABLE = {
    "a control character in a header": b"GET / HTTP/1.1\r\nHost: shop\r\nX-A: a\x01b\r\n\r\n",
    "a delete character in a header": b"GET / HTTP/1.1\r\nHost: shop\r\nX-A: a\x7fb\r\n\r\n",
    "a control character in a cookie": b"GET / HTTP/1.1\r\nHost: shop\r\nCookie: a=\x02\r\n\r\n",
    "a method that nobody has": b"FOO / HTTP/1.1\r\nHost: shop\r\n\r\n",
    "a method in small letters": b"get / HTTP/1.1\r\nHost: shop\r\n\r\n",
    "an address that is not ASCII": "GET /ü HTTP/1.1\r\nHost: shop\r\n\r\n".encode(),
    "a chunk whose size is no number": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with an application that is never reached."""
    with serving(Starlette()) as address:
        yield address


def answer_of(address: str, request_bytes: bytes) -> tuple[str, dict[str, str], bytes]:
    """Status line, headers and body of the answer to these very bytes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request_bytes)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, dict(line.lower().split(": ", 1) for line in lines), body


@pytest.mark.parametrize("request_bytes", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_http_gets_a_problem_document(address: str, request_bytes: bytes) -> None:
    """Never the server's line of text: the document, a request id and the headers of every answer."""
    status, headers, body = answer_of(address, request_bytes)

    assert status == "HTTP/1.1 400 Bad Request"
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-content-type-options"] == "nosniff"
    problem = json.loads(body)
    assert (problem["status"], problem["code"]) == (400, "BAD_REQUEST")
    assert problem["requestId"] == headers["x-request-id"]


def test_the_id_of_the_gateway_is_kept(address: str) -> None:
    """The gateway writes its id first, so that its answer and this document name one."""
    _, headers, body = answer_of(address, b"GET / HTTP/1.1\r\nX-Request-Id: click-42\r\nX-A: a\x01b\r\n\r\n")

    assert headers["x-request-id"] == json.loads(body)["requestId"] == "click-42"
