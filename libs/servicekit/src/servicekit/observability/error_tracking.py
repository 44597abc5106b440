"""Errors that nobody foresaw, sent to where SENTRY_DSN points: Sentry, or a server that speaks its protocol (ADR 0034).

An error goes with its calls, the trace and the request that it happened in, and what our logs would show of its text:
no body, header, address, variable or local value (rules.md 35). Without a DSN the library is not even imported.
"""

from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from time import monotonic
from typing import Any

from opentelemetry import trace

from servicekit.observability import causality, telemetry
from servicekit.observability.error_line import first_line
from servicekit.observability.redaction import redact
from servicekit.settings import ServiceSettings

MOST_A_MINUTE = 60
"""Reports of one process; a storm of errors must not become a storm of reports, and each costs a millisecond or so."""
_FLUSH_SECONDS = 2.0

Report = Callable[[BaseException, dict[str, Any]], None]


class _Current:
    report: Report | None = None
    sent: deque[float] = deque(maxlen=MOST_A_MINUTE)


def start(settings: ServiceSettings, service: str) -> Callable[[], None]:
    """Begin to report if there is a DSN; call what is returned at the end, it sends what is left for two seconds."""
    if settings.sentry_dsn is None:
        return lambda: None
    from sentry_sdk import Client  # noqa: PLC0415  # 0.2 s of a start, for whoever wants it
    from sentry_sdk.utils import event_from_exception  # noqa: PLC0415

    # Nothing that the library would find out by itself: it is handed each event, whole.
    client = Client(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.app_env,
        release=settings.sentry_release or version("cartwheel-servicekit"),
        before_send=_scrubbed,
        include_local_variables=False,
        max_request_body_size="never",
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_backpressure_handling=False,
        spotlight=False,
    )

    def report(error: BaseException, context: dict[str, Any]) -> None:
        mechanism = {"type": "cartwheel", "handled": False}
        event, hint = event_from_exception(error, client.options, mechanism)
        whole: Any = {**dict(event), **context, "transaction": f"{service} {context['transaction']}"}
        client.capture_event(whole, hint)

    def stop() -> None:
        _Current.report = None
        client.close(timeout=_FLUSH_SECONDS)

    _Current.report = report
    _Current.sent.clear()
    return stop


def report(error: BaseException, place: str, traceparent: str | None = None, **tags: str) -> None:
    """Send an error that happened at a place, such as a route or a queue; without a DSN nothing happens.

    The trace is the one at hand, else the one that a traceparent names. Never waits for the network; of more than
    MOST_A_MINUTE the rest is left to the logs.
    """
    if _Current.report is None or _is_too_much():
        return
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        span = trace.get_current_span(telemetry.context_of(traceparent)).get_span_context()
    if (request_id := causality.correlation_id.get()) is not None:
        tags["request_id"] = request_id
    context: dict[str, Any] = {"transaction": place, "tags": tags}
    if span.is_valid:
        ids = {"trace_id": trace.format_trace_id(span.trace_id), "span_id": trace.format_span_id(span.span_id)}
        context["contexts"] = {"trace": ids}
    _Current.report(error, context)


def _is_too_much() -> bool:
    now, sent = monotonic(), _Current.sent
    if len(sent) == MOST_A_MINUTE and now - sent[0] < 60:
        return True
    sent.append(now)
    return False


def _scrubbed(event: Any, _: object) -> Any:
    """The event as our logs would show it, of each error's text the first line."""
    for part in event["exception"]["values"]:
        part["value"] = first_line(part["value"] or "")
    redact(None, "", event)
    return event
