"""A small HTTP server that answers what a test wants, and keeps what it was sent."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; status 0 breaks the connection instead, `after` is in seconds."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived; the names of its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Server:
    """Gives its replies one after the other, the last one again and again."""

    url: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)

    def will(self, *replies: Reply) -> None:
        """Answer this from now on."""
        self.replies = deque(replies)

    def next_reply(self) -> Reply:
        """The answer to the request that has just come."""
        return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]


def problem(status: int, code: str, headers: Mapping[str, str] | None = None, **members: Any) -> Reply:
    """A problem document as a service answers it."""
    document = {"status": status, "code": code, "detail": "A sentence.", "action": "Do this.", "requestId": "click-1"}
    media = {"content-type": "application/problem+json", **(headers or {})}
    return Reply(status, {**document, **members}, media)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server on a free port of the loopback."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            """Keep the request, and give the next reply."""
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.received.append(Received(self.command, self.path, headers, body))
            reply = server.next_reply()
            sleep(reply.after)
            if reply.status == 0:
                self.close_connection = True
                return
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            content = b"" if reply.body is None else content
            self.send_response(reply.status)
            for name, value in {"content-type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # the name that http.server gives it
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        listening.shutdown()
