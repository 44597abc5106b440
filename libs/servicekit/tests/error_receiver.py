"""A server on loopback that takes what is reported by Sentry's protocol."""

import gzip
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ErrorReceiver:
    """Keeps every report it is sent; `text` is all of them as they came over the wire, unpacked."""

    def __init__(self, port: int) -> None:
        self.dsn = f"http://public@127.0.0.1:{port}/7"
        self.text = ""
        self.events: list[dict[str, Any]] = []

    def take(self, envelope: bytes) -> None:
        """Keep the events of an envelope: a line with its headers, then each item after a line with its own."""
        text = envelope.decode()
        self.text += text
        lines = [json.loads(line) for line in text.splitlines()[1:]]
        self.events += [item for head, item in zip(lines[::2], lines[1::2], strict=True) if head["type"] == "event"]


@contextmanager
def error_receiver() -> Generator[ErrorReceiver]:
    """Listen until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.take(gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # the base's name for it
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = ErrorReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
