"""Spans as OTLP brings them, and the traces that they make up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # it ships no types
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from opentelemetry.proto.trace.v1.trace_pb2 import Status


class NotSpans(Exception):
    """What was posted is no export of spans."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened during a span, such as an exception."""

    name: str
    at: int
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One span; ids in hex, `parent` empty for the first of its trace, `links` the traces that it points to.

    Times are nanoseconds since 1970. `reason` is what its status says, if anything.
    """

    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: frozenset[str] = frozenset()
    kind: str = "internal"
    start: int = 0
    end: int = 0
    failed: bool = False
    reason: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / 1e6


def spans_in(body: bytes) -> Iterator[Span]:
    """Read one export request; raises NotSpans."""
    try:
        request = ExportTraceServiceRequest.FromString(body)
    except DecodeError as wrong:
        raise NotSpans("the body is no ExportTraceServiceRequest") from wrong
    for resource in request.resource_spans:
        service = dict(_pairs(resource.resource.attributes)).get("service.name", "")
        for scope in resource.scope_spans:
            yield from (_span(service, sent) for sent in scope.spans)


def _span(service: str, sent: Sent) -> Span:
    return Span(
        service=service,
        name=sent.name,
        trace=sent.trace_id.hex(),
        id=sent.span_id.hex(),
        parent=sent.parent_span_id.hex(),
        links=frozenset(link.trace_id.hex() for link in sent.links),
        kind=Sent.SpanKind.Name(sent.kind).removeprefix("SPAN_KIND_").lower(),
        start=sent.start_time_unix_nano,
        end=sent.end_time_unix_nano,
        failed=sent.status.code == Status.STATUS_CODE_ERROR,
        reason=sent.status.message,
        attributes=tuple(_pairs(sent.attributes)),
        events=tuple(Event(event.name, event.time_unix_nano, tuple(_pairs(event.attributes))) for event in sent.events),
    )


def _pairs(attributes: Sequence[KeyValue]) -> Iterator[tuple[str, str]]:
    for item in attributes:
        yield item.key, _text(item.value)


def _text(value: AnyValue) -> str:
    kind = value.WhichOneof("value")
    if kind is None:
        return ""
    if kind == "array_value":
        return ", ".join(_text(part) for part in value.array_value.values)
    return str(getattr(value, kind))
