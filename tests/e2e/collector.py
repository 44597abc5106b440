"""A collector of traces: takes what the services send by OTLP over HTTP and keeps it for the tests to look at."""

from collections import defaultdict, deque
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from observability.traces.spans import Span, spans_in

MOST_TRACES = 20_000


class Collector:
    """Keeps the spans of the newest traces."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._traces: dict[str, list[Span]] = defaultdict(list)
        self._order: deque[str] = deque()
        self._looked_for: frozenset[bytes] = frozenset()
        self._seen: set[bytes] = set()

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of one trace that have arrived."""
        return list(self._traces.get(trace_id, ()))

    def traces_with(self, name: str) -> list[list[Span]]:
        """Every trace that has a span of this name."""
        return [spans for spans in list(self._traces.values()) if any(span.name == name for span in list(spans))]

    def look_for(self, *words: str) -> None:
        """Note from now on which of these words any export has, in whatever part of it."""
        self._looked_for = frozenset(word.encode() for word in words)

    @property
    def seen(self) -> set[str]:
        """The words looked for that an export had."""
        return {word.decode() for word in self._seen}

    def take(self, body: bytes) -> None:
        """Read one export request."""
        self._seen |= {word for word in self._looked_for if word in body}
        for span in spans_in(body):
            self._keep(span)

    def _keep(self, span: Span) -> None:
        if span.trace not in self._traces:
            self._order.append(span.trace)
            if len(self._order) > MOST_TRACES:
                self._traces.pop(self._order.popleft(), None)
        self._traces[span.trace].append(span)


@contextmanager
def collecting(port: int) -> Generator[Collector]:
    """Run a collector on this port of the loopback."""
    collector = Collector(f"http://127.0.0.1:{port}")

    class Receiver(BaseHTTPRequestHandler):
        """Takes the spans of one request."""

        def do_POST(self) -> None:
            """Keep them, and say so."""
            collector.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: there are thousands."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
