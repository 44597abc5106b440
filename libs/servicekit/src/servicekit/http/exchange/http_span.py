"""The server span of a request, and its context for everything that happens inside."""

from contextvars import Token

from opentelemetry import context as otel_context
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context

from servicekit.observability import telemetry


class HttpSpan:
    """Opened when a request comes in, closed when its answer is out."""

    __slots__ = ("_token", "span")

    def __init__(self, method: str, traceparent: bytes | None, tracestate: bytes | None) -> None:
        parent = telemetry.context_of(
            traceparent.decode("latin-1") if traceparent else None, tracestate.decode("latin-1") if tracestate else None
        )
        self.span: Span = telemetry.tracer().start_span(method, context=parent, kind=SpanKind.SERVER)
        self._token: Token[Context] = otel_context.attach(set_span_in_context(self.span))

    def close(self, method: str, route: str, status: int) -> None:
        """Name the span after the route (never the path: it may hold a token) and end it."""
        if self.span.is_recording():
            self.span.update_name(f"{method} {route}")
            self.span.set_attributes(
                {"http.request.method": method, "http.route": route, "http.response.status_code": status}
            )
            if status >= 500:
                self.span.set_status(Status(StatusCode.ERROR))
            self.span.end()
        otel_context.detach(self._token)
