"""HTTP on the wire: how a request that is no HTTP is refused, and how an answer is sent.

What is no HTTP is refused before any application sees it, and still with a problem document.
"""

import asyncio

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from servicekit.errors import BadRequest400
from servicekit.http.event_stream import ABORT
from servicekit.http.exchange import request_id
from servicekit.http.exchange.security_headers import security_headers
from servicekit.http.problems import problem_answer
from servicekit.joined_writes import JoinedWrites


class HttpProtocol(HttpToolsProtocol):
    """HTTP/1.1 by httptools, which refuses control characters, unknown methods and what cannot be parsed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's own narrowing
        """Begin."""
        super().connection_made(JoinedWrites(transport))

    def on_message_begin(self) -> None:
        """Begin a request; what goes on for long may end its connection without sending the rest."""
        super().on_message_begin()
        self.scope[ABORT] = self.transport.abort  # type: ignore[typeddict-unknown-key]  # ours, as `request_id` is

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
