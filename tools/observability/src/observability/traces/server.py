"""The process: POST /v1/traces takes spans (OTLP over HTTP, protobuf), GET / and /traces/ID are pages for people."""

import gzip
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from observability.traces.pages import list_page, missing_page, trace_page
from observability.traces.spans import NotSpans, spans_in
from observability.traces.store import Filter, Store

MOST_BYTES = 20_000_000
_TRACE_ID = re.compile(r"[0-9a-f]{32}")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class TracesServer(ThreadingHTTPServer):
    """Answers on one port of the loopback, from what it has been sent."""

    def __init__(self, port: int, logs: Path) -> None:
        super().__init__(("127.0.0.1", port), _Requests)
        self.store = Store()
        self.logs = logs


class _Requests(BaseHTTPRequestHandler):
    server: TracesServer
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        """Take the spans of one export."""
        length = int(self.headers.get("content-length") or 0)
        if self.path != "/v1/traces" or length > MOST_BYTES:
            self.close_connection = True
            self._answer(HTTPStatus.NOT_FOUND if self.path != "/v1/traces" else HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        content = self.rfile.read(length)
        try:
            self.server.store.add(list(spans_in(self._plain(content))))
        except (NotSpans, OSError, EOFError):
            self._answer(HTTPStatus.BAD_REQUEST)
        else:
            self._answer(HTTPStatus.OK, kind="application/x-protobuf")

    def do_GET(self) -> None:
        """Answer a page."""
        parts = urlsplit(self.path)
        if parts.path == "/":
            self._list(parse_qs(parts.query))
        elif parts.path.startswith("/traces/"):
            self._trace(parts.path.removeprefix("/traces/"))
        else:
            self._answer(HTTPStatus.NOT_FOUND, missing_page(""))

    def _list(self, query: dict[str, list[str]]) -> None:
        given = {name: values[0].strip() for name, values in query.items()}
        if _TRACE_ID.fullmatch(given.get("text", "").lower()):
            self._trace(given["text"].lower())
            return
        wanted = Filter(given.get("text", ""), given.get("service", ""), _number(given.get("least")), "errors" in given)
        self._answer(HTTPStatus.OK, list_page(self.server.store.search(wanted), wanted, self.server.store.services()))

    def _trace(self, trace_id: str) -> None:
        trace = self.server.store.find(trace_id)
        if trace is None:
            self._answer(HTTPStatus.NOT_FOUND, missing_page(trace_id[:64]))
            return
        causes = sorted({link for span in trace.spans for link in span.links} - {trace_id})
        followers = [found.id for found in self.server.store.linking_to(trace_id)]
        self._answer(HTTPStatus.OK, trace_page(trace, causes, followers, self.server.logs))

    def _plain(self, content: bytes) -> bytes:
        return gzip.decompress(content) if self.headers.get("content-encoding") == "gzip" else content

    def _answer(self, status: HTTPStatus, page: str = "", *, kind: str = "text/html; charset=utf-8") -> None:
        content = page.encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: services export every few seconds."""


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def serve(
    port: Annotated[int, typer.Option(help="the port of the loopback to listen on")],
    logs: Annotated[Path, typer.Option(help="the folder of the stack's logs, which pages name")],
) -> None:
    """Serve until the process is ended."""
    TracesServer(port, logs).serve_forever()


if __name__ == "__main__":
    typer.run(serve)
