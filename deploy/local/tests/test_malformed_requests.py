"""Whatever is sent to the gateway, it answers with a problem document: never a page of HTML, never a 500."""

import json
import socket

import httpx
import pytest
from cartwheel_local.refusals import REFUSALS

HOST = b"Host: shop\r\nConnection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def line(target: bytes, headers: bytes = HOST, method: bytes = b"GET", version: bytes = b"HTTP/1.1") -> bytes:
    """A request of these parts, exactly: a client library would tidy it first."""
    return b"%s %s %s\r\n%s\r\n" % (method, target, version, headers)


def cart(headers: bytes = b"", body: bytes = b"", method: bytes = b"POST") -> bytes:
    """A request to an address that exists, with these headers and body."""
    return line(b"/api/cart", headers + HOST, method) + body


MALFORMED = {
    "a raw tab in the path": (line(b"/api/ca\trt"), 400),
    "a raw NUL in the path": (line(b"/api/c\0art"), 400),
    "a raw space in the path": (line(b"/api/c art"), 400),
    "a raw carriage return in the path": (line(b"/api/\rcart"), 400),
    "a delete character in the path": (line(b"/api/c\x7f"), 400),
    "UTF-8 in the path": (line("/api/cart/ü".encode()), 400),
    "a byte that is no UTF-8 in the path": (line(b"/api/cart/\xff"), 400),
    "a fragment": (line(b"/api/cart#top"), 400),
    "a percent sign without hex digits": (line(b"/api/%zz"), 400),
    "a percent sign at the end": (line(b"/api/cart/%2"), 400),
    "an encoded NUL": (line(b"/api/cart/%00"), 400),
    "a path that leaves the root": (line(b"/../.."), 400),
    "a path with dots": (line(b"/api/cart/../items"), 404),
    "a backslash": (line(b"/api\\cart"), 404),
    "a raw tab in the query": (line(b"/api/cart?a=\tb"), 400),
    "a raw NUL in the query": (line(b"/api/cart?a=\0b"), 400),
    "a path without a slash": (line(b"api"), 400),
    "an asterisk": (line(b"*", method=b"OPTIONS"), 400),
    "an absolute address without a host": (line(b"http:///api/cart"), 400),
    "a path of 70,000 bytes": (line(b"/api/cart/" + b"a" * 70_000), 414),
    "a path that never ends": (b"GET /" + b"a" * 80_000, 414),
    "a header of 70,000 bytes": (cart(b"X-A: " + b"a" * 70_000 + b"\r\n"), 431),
    "a hundred headers of 1,000 bytes": (cart(b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1_000) for n in range(100))), 431),
    "a method in small letters": (line(b"/api/cart", method=b"get"), 400),
    "no method": (line(b"/", method=b""), 400),
    "a method that nobody has": (cart(method=b"FOO"), 405),
    "a method of another protocol": (cart(method=b"PROPFIND"), 405),
    "TRACE": (cart(method=b"TRACE"), 405),
    "CONNECT to a path": (cart(method=b"CONNECT"), 405),
    "CONNECT to a host": (line(b"shop:443", method=b"CONNECT"), 400),
    "a method of 200 letters": (cart(method=b"A" * 200), 405),
    "a method that the description does not have": (line(b"/api/openapi.json", method=b"DELETE"), 405),
    "a condition that the description does not meet": (line(b"/api/openapi.json", b'If-Match: "x"\r\n' + HOST), 412),
    "HTTP/2 without its preface": (line(b"/api/cart", version=b"HTTP/2.0"), 400),
    "the preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a protocol that is none": (line(b"/api/cart", version=b"HTPP/1.1"), 400),
    "the beginning of TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no host": (line(b"/api/cart", b"Connection: close\r\n"), 400),
    "no host at a crooked path": (line(b"/api/../x", b"Connection: close\r\n"), 400),
    "an empty host": (line(b"/api/cart", b"Host:\r\nConnection: close\r\n"), 400),
    "a host with a space": (line(b"/api/cart", b"Host: a b\r\nConnection: close\r\n"), 400),
    "a host with a slash": (line(b"/api/cart", b"Host: sh/op\r\nConnection: close\r\n"), 400),
    "two hosts": (line(b"/api/cart", b"Host: a\r\n" + HOST), 400),
    "a NUL in a header": (cart(b"X-A: a\0b\r\n"), 400),
    "a header whose name has a space": (cart(b"X A: 1\r\n"), 400),
    "a header without a name": (cart(b": 1\r\n"), 400),
    "a header that goes on in the next line": (cart(b"X-A: 1\r\n 2\r\n"), 400),
    "a length that is no number": (cart(b"Content-Length: abc\r\n"), 400),
    "a length below nothing": (cart(b"Content-Length: -1\r\n"), 400),
    "a length of 23 digits": (cart(b"Content-Length: 99999999999999999999999\r\n"), 400),
    "two lengths": (cart(b"Content-Length: 1\r\nContent-Length: 2\r\n", b"ab"), 400),
    "a length beside chunks": (cart(b"Content-Length: 5\r\n" + CHUNKED, b"0\r\n\r\n"), 400),
    "chunks twice": (cart(CHUNKED * 2, b"0\r\n\r\n"), 400),
    "chunks in HTTP/1.0": (line(b"/api/cart", CHUNKED + HOST, b"POST", b"HTTP/1.0") + b"0\r\n\r\n", 400),
    "a transfer encoding that nobody has": (cart(b"Transfer-Encoding: gzip\r\n"), 400),
    "a chunk whose size is no number": (cart(CHUNKED, b"zz\r\na\r\n"), 400),
    "a chunk whose size is below nothing": (cart(CHUNKED, b"-1\r\na\r\n"), 400),
    "a chunk whose size is too long": (cart(CHUNKED, b"ffffffffffffffffff\r\na\r\n"), 400),
    "a chunk of 2 GiB": (cart(CHUNKED, b"7fffffff\r\na\r\n"), 413),
}
"""What is sent, and the status that is due."""

READ = {
    "an extension of a chunk of 200,000 bytes": cart(CHUNKED, b"1;" + b"x" * 200_000 + b"\r\na\r\n0\r\n\r\n"),
    "lines that end in a line feed alone": b"GET /api/cart HTTP/1.1\nHost: shop\nConnection: close\n\n",
    "an absolute address": line(b"http://shop/api/cart"),
    "a later version": line(b"/api/cart", version=b"HTTP/1.9"),
    "a line without a colon among the headers": cart(b"garbage\r\n", method=b"GET"),
    "a query that is not encoded well": line(b"/api/cart?a=%zz"),
    "an expectation that nobody has": cart(b"Expect: nonsense\r\n", method=b"GET"),
}
"""Odd, and still to be read by RFC 9112: the owner of the path answers."""


def answer_of(gateway: str, request: bytes) -> tuple[str, dict[str, str], bytes]:
    """Status line, headers and body of the answer to these very bytes."""
    url = httpx.URL(gateway)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(request)
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return status, dict(header.lower().split(": ", 1) for header in lines), body


@pytest.mark.parametrize(("request_bytes", "status"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_gets_a_problem_document(gateway: str, request_bytes: bytes, status: int) -> None:
    """The status that is due, the code, the request's id, and the headers of every answer."""
    first_line, headers, body = answer_of(gateway, request_bytes)

    assert first_line.startswith(f"HTTP/1.1 {status}"), body
    assert headers["content-type"] == "application/problem+json", body
    problem = json.loads(body)
    assert (problem["status"], problem["requestId"]) == (status, headers["x-request-id"])
    assert problem["code"] == next(refusal.error.code for refusal in REFUSALS if refusal.error.status == status)
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "deny")
    assert ("allow" in headers) == (status == 405)


@pytest.mark.parametrize("path", [b"/api/cart", b"/nowhere"])
def test_a_request_without_headers_is_refused(gateway: str, path: bytes) -> None:
    """HTTP/0.9 knows no status and no headers: its answer is the document alone."""
    first_line, _, _ = answer_of(gateway, b"GET %s\r\n" % path)

    assert json.loads(first_line)["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("request_bytes", READ.values(), ids=READ.keys())
def test_what_is_odd_and_allowed_is_read(gateway: str, request_bytes: bytes) -> None:
    """Nothing is refused that a client may send."""
    _, _, body = answer_of(gateway, request_bytes)

    assert json.loads(body)["owner"] == "cart"


def test_the_documents_themselves_are_not_reachable(gateway: str) -> None:
    """Where nginx keeps what it says about an unreadable request is a place of its own."""
    answer = httpx.get(f"{gateway}/gateway/problems/400")

    assert (answer.status_code, answer.json()["instance"]) == (404, "/gateway/problems/400")


def test_every_page_of_nginx_is_replaced(gateway: str) -> None:
    """A status that nginx itself can answer and that has no document would be a page of HTML."""
    replaced = {status for refusal in REFUSALS for status in refusal.statuses}

    assert replaced >= {400, 401, 403, 404, 405, 412, 413, 414, 429, 494, 500, 501, 502, 503, 504, 505}


def test_a_part_of_the_description_is_not_refused(gateway: str) -> None:
    """A range of it is answered with all of it, not with nginx's own 416."""
    answer = httpx.get(f"{gateway}/api/openapi.json", headers={"range": "bytes=999999999-"})

    assert (answer.status_code, answer.json()) == (200, {})
