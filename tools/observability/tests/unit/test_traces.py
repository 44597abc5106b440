"""The pages of traces: what an exporter sends is found again, and stays text whatever it says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from observability.traces import store as stores
from observability.traces.pages import trace_page
from observability.traces.server import TracesServer
from observability.traces.spans import Span
from observability.traces.store import Filter, Store, Trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import Link, Status, StatusCode, format_trace_id, set_span_in_context

MARKUP = '<img src=x onerror="alert(1)">'
CLICK, MAIL = "a" * 32, "b" * 32


def span(name: str, trace: str = CLICK, parent: str = "", **others: object) -> Span:
    """A span of cart that takes 10 ms, whose id is its name."""
    given = {"service": "cart", "start": 1_000_000, "end": 11_000_000, **others}
    return Span(name=name, trace=trace, id=name, parent=parent, **given)  # type: ignore[arg-type]  # any field


@contextmanager
def serving() -> Iterator[str]:
    """The pages on a port of their own."""
    with TracesServer(0, Path("/logs")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_what_an_exporter_sends_is_shown_with_its_failure_and_its_links() -> None:
    """The list leads to the trace, the trace to what came of it and back."""
    provider = TracerProvider(resource=Resource.create({"service.name": "cart"}))
    tracer = provider.get_tracer("test")
    with serving() as url:
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces")))
        click = tracer.start_span("POST /items", context=Context(), attributes={"http.route": "/items"})
        tracer.start_span("send", context=set_span_in_context(click)).end()
        mail = tracer.start_span("send mail", context=Context(), links=[Link(click.get_span_context())])
        mail.record_exception(ValueError("refused"))
        mail.set_status(Status(StatusCode.ERROR, "not taken"))
        mail.end()
        click.end()
        click_id, mail_id = (format_trace_id(part.get_span_context().trace_id) for part in (click, mail))

        listed = httpx.get(f"{url}/?errors=on").text
        from_click = httpx.get(url, params={"text": click_id}).text
        from_mail = httpx.get(f"{url}/traces/{mail_id}").text
    provider.shutdown()

    assert f"/traces/{mail_id}" in listed
    assert f"/traces/{click_id}" not in listed
    assert f'Led to: <a href="/traces/{mail_id}">' in from_click
    assert f"grep -h {click_id} /logs/*.log" in from_click
    assert "2 spans, none failed" in from_click
    assert "/items" in from_click
    assert f'Caused by: <a href="/traces/{click_id}">' in from_mail
    assert "ValueError" in from_mail
    assert "not taken" in from_mail


def test_markup_in_a_span_stays_text() -> None:
    """A name, a service or an attribute of a span may come from outside."""
    hostile = span(MARKUP, service=MARKUP, reason=MARKUP, attributes=((MARKUP, MARKUP),), links=frozenset({MARKUP}))

    page = trace_page(Trace([hostile]), [MARKUP], [MARKUP], Path(MARKUP))

    assert "<img" not in page
    assert page.count("&lt;img") >= 8


def test_pages_may_run_and_load_nothing() -> None:
    """Whatever slips through has no effect; what is filtered for stays text too."""
    with serving() as url:
        answer = httpx.get(url, params={"text": MARKUP, "service": MARKUP, "least": MARKUP})

    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/traces/" + "0" * 32, b"", 404),
        ("GET", "/etc/passwd", b"", 404),
        ("POST", "/v1/traces", b"\xff\xff", 400),
        ("POST", "/v1/logs", b"", 404),
    ],
)
def test_what_is_not_there_or_no_span_is_refused(method: str, path: str, content: bytes, status: int) -> None:
    """And the process goes on."""
    with serving() as url:
        assert httpx.request(method, url + path, content=content).status_code == status
        assert httpx.get(url).status_code == 200


def test_spans_stand_below_their_parents_even_when_ids_run_in_a_circle() -> None:
    """A parent that was not sampled makes a span a first one; a circle is shown once, or not at all, but ends."""
    trace = Trace([span("a", parent="unknown"), span("b", parent="a"), span("c", parent="b"), span("d", parent="d")])
    circle = Trace([span("x", parent="y"), span("y", parent="x")])

    assert [(depth, found.name) for depth, found in trace.tree()] == [(0, "a"), (1, "b"), (2, "c"), (0, "d")]
    assert list(circle.tree()) == []


def test_a_filter_takes_by_text_service_time_and_errors() -> None:
    """All of them at once."""
    store = Store()
    store.add([span("POST /items", attributes=(("http.route", "/api/items"),))])
    store.add([span("send mail", trace=MAIL, service="recovery", end=2_000_000_000, failed=True)])

    def found(wanted: Filter) -> list[str]:
        return [trace.id for trace in store.search(wanted)]

    assert found(Filter(text="API/items")) == [CLICK]
    assert found(Filter(service="recovery")) == [MAIL]
    assert found(Filter(at_least_ms=1000)) == [MAIL]
    assert found(Filter(only_errors=True)) == [MAIL]
    assert found(Filter(service="cart", only_errors=True)) == []
    assert store.services() == ["cart", "recovery"]


def test_the_oldest_traces_go_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded, by traces and by the spans of one."""
    monkeypatch.setattr(stores, "MOST_TRACES", 1)
    monkeypatch.setattr(stores, "MOST_SPANS", 2)
    store = Store()

    store.add([span("old"), *(span(f"new {number}", trace=MAIL) for number in range(5))])

    assert store.find(CLICK) is None
    assert [found.name for found in store.search(Filter())[0].spans] == ["new 0", "new 1"]
