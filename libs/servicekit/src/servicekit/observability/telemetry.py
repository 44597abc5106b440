"""Traces by hand-written spans: sent by OTLP when a collector is configured, else only carried along.

Without a collector nothing is recorded, but every request still has a trace context, so that the outbox stores one and
log lines of one request can be found by their trace id (messaging.md, "Traces").
"""

from collections.abc import Callable, Generator, MutableMapping, Sequence
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, NoOpTracer, Span, SpanContext, SpanKind, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from servicekit.settings import ServiceSettings

_PROPAGATOR = TraceContextTextMapPropagator()
_IDS = RandomIdGenerator()


class CarryingTracer(NoOpTracer):
    """Records nothing: a span continues its parent's context, or begins an unsampled one."""

    def start_span(  # the API's own signature
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> Span:
        """The parent's span again, or a new context that nobody records."""
        parent = trace.get_current_span(context).get_span_context()
        if parent.is_valid:
            return NonRecordingSpan(parent)
        return NonRecordingSpan(SpanContext(_IDS.generate_trace_id(), _IDS.generate_span_id(), is_remote=False))


class _Current:
    tracer: Tracer = CarryingTracer()


def tracer() -> Tracer:
    """The tracer of this process; ask again for each span, because `start` replaces it."""
    return _Current.tracer


def is_recording() -> bool:
    """Whether spans are sent anywhere; without a collector nothing needs to be known of one."""
    return not isinstance(tracer(), CarryingTracer)


def start(settings: ServiceSettings, service: str) -> Callable[[], None]:
    """Begin to send spans if a collector is configured; call what is returned at the end, it sends what is left."""
    if settings.otel_exporter_otlp_endpoint is None:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # 0.15 s of a start without it
        OTLPSpanExporter,
    )

    provider = TracerProvider(
        resource=Resource.create({"service.name": service}),
        sampler=ParentBased(TraceIdRatioBased(settings.otel_traces_sampler_ratio)),
        shutdown_on_exit=False,
    )
    endpoint = f"{settings.otel_exporter_otlp_endpoint.rstrip('/')}/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    _Current.tracer = provider.get_tracer("servicekit")

    def stop() -> None:
        _Current.tracer = CarryingTracer()
        provider.shutdown()

    return stop


@contextmanager
def new_trace(name: str, caused_by: str | None) -> Generator[Span]:
    """A span that begins a trace of its own, current inside, with a link to the one that a stored traceparent names.

    For what a timer does about something that happened before: a trace of its own, that can be found from there.
    """
    cause = context_of(caused_by)
    linked = trace.get_current_span(cause).get_span_context() if cause is not None else None
    links = [Link(linked)] if linked is not None and linked.is_valid else []
    with trace.use_span(tracer().start_span(name, context=Context(), links=links), end_on_exit=True) as span:
        yield span


def context_of(traceparent: str | None, tracestate: str | None = None) -> Context | None:
    """The context that a W3C traceparent names; None without a readable one."""
    if not traceparent:
        return None
    carrier = {"traceparent": traceparent, **({"tracestate": tracestate} if tracestate else {})}
    return _PROPAGATOR.extract(carrier)


def inject(headers: MutableMapping[str, str]) -> None:
    """Write the current span's traceparent and tracestate into headers of a call."""
    _PROPAGATOR.inject(headers)


def trace_id() -> str | None:
    """The current trace's id in hex, or None outside any span."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
