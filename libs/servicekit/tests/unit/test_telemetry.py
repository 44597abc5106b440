"""Traces: carried along always, sent when a collector is configured."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi import APIRouter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from servicekit.http.answers import Json
from servicekit.observability import telemetry

from ..notes import notes_app, notes_client

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}

routes = APIRouter()


@routes.get("/traced/{item}")
async def traced(item: str) -> Json:
    """Do something inside a span of its own, and say what would be passed on."""
    with telemetry.tracer().start_as_current_span("inside"):
        carried: dict[str, str] = {}
        telemetry.inject(carried)
        return Json(carried)


class Collector:
    """An OTLP receiver of the tests' own."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.url = ""

    def take(self, body: bytes) -> None:
        """Keep the spans of one export."""
        request = ExportTraceServiceRequest.FromString(body)
        self.spans += [s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans]


@contextmanager
def collecting() -> Generator[Collector]:
    """The receiver, listening."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_without_a_collector_the_trace_is_carried_on() -> None:
    """The outbox stores the caller's trace although nobody here records it."""
    async with notes_client(notes_app(routers=[routes])) as client:
        carried = (await client.get("/traced/1", headers=SAMPLED)).json()

    assert carried["traceparent"].split("-")[1] == TRACE


async def test_without_a_caller_a_trace_begins_here() -> None:
    """Each request has one of its own, that nobody records."""
    async with notes_client(notes_app(routers=[routes])) as client:
        first, second = [(await client.get("/traced/1")).json()["traceparent"] for _ in range(2)]

    assert first.split("-")[1] != second.split("-")[1]
    assert first.endswith("-00")


@pytest.mark.parametrize("broken", ["", "nonsense", f"00-{'0' * 32}-{PARENT}-01"])
async def test_a_broken_context_begins_a_new_trace(broken: str) -> None:
    """What a client sends must not stop a request."""
    async with notes_client(notes_app(routers=[routes])) as client:
        answer = await client.get("/traced/1", headers={"traceparent": broken})

    assert TRACE not in answer.json()["traceparent"]


async def test_spans_are_sent_to_the_collector() -> None:
    """The request under its caller, named after its route and never its path; what happened inside below it."""
    with collecting() as collector:
        async with notes_client(notes_app(routers=[routes], otel_exporter_otlp_endpoint=collector.url)) as client:
            await client.get("/traced/a-secret-path", headers=SAMPLED)

        spans = {span.name: span for span in collector.spans}

    request, inside = spans["GET /traced/{item}"], spans["inside"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert inside.parent_span_id == request.span_id
    assert "a-secret-path" not in repr(collector.spans)


async def test_a_share_of_traces_is_recorded() -> None:
    """None at a ratio of 0, unless the caller recorded its part."""
    with collecting() as collector:
        app = notes_app(routers=[routes], otel_exporter_otlp_endpoint=collector.url, otel_traces_sampler_ratio=0)
        async with notes_client(app) as client:
            await client.get("/traced/1")
            await client.get("/traced/1", headers=SAMPLED)

    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
