"""HTTP on the wire: how a request that is no HTTP is refused, and how an answer is sent.

What is no HTTP is refused before any application sees it, and still with a problem document.
"""

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from servicekit.errors import BadRequest400
from servicekit.http.exchange import request_id
from servicekit.http.exchange.security_headers import security_headers
from servicekit.http.problems import problem_answer

_SENT_AT_ONCE = 16_384
"""Bytes; fewer wait for the end of the loop's turn."""


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools, which refuses control characters, unknown methods and what cannot be parsed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own narrowing
        """Begin."""
        super().connection_made(JoinedWrites(transport))

    def send_400_response(self, msg: str) -> None:
        """Answer 400 as a problem document in place of the server's line of text, and close the connection."""
        identifier = request_id.request_id(dict(self.headers or ()).get(request_id.HEADER))
        scope: Scope = {"type": "http", "path": "", "headers": [], "request_id": identifier}
        answer = problem_answer(scope, BadRequest400())
        headers = [
            *answer.raw_headers,
            *security_headers(production=False),
            (request_id.HEADER, identifier.encode()),
            (b"connection", b"close"),
        ]
        head = b"".join(b"%s: %s\r\n" % header for header in headers)
        self.transport.write(b"%s%s\r\n%s" % (STATUS_LINE[answer.status_code], head, bytes(answer.body)))
        self.transport.close()


class JoinedWrites(asyncio.Transport):
    """A transport that sends at once what is written in one turn of the loop: the head of an answer with its body.

    Each of them alone is a call of the system, which takes 3 % of an add (ADR 0021).
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> None:
        """Send soon, in the order of the calls; what is large at once, so that who streams it is slowed down."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(bytes(data))
        self._size += len(data)
        if self._size >= _SENT_AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Send what was written, then close."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close and send nothing more."""
        self._waiting.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed or about to be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing in."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Take data in again."""
        self._transport.resume_reading()

    def _flush(self) -> None:
        if self._waiting:
            data = b"".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._transport.write(data)
