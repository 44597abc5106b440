"""The measure of HTTP: how long answers take, by method, route and status."""

from functools import lru_cache

from opentelemetry.trace import SpanContext, format_trace_id
from prometheus_client import Histogram

_DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Time from a request's first byte to its answer's last",
    ("method", "route", "status"),
    buckets=(0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)


def observe(method: str, route: str, status: int, seconds: float, span: SpanContext) -> None:
    """Count one exchange; a sampled trace is named as an exemplar."""
    exemplar = {"trace_id": format_trace_id(span.trace_id)} if span.trace_flags.sampled else None
    _series(method, route, status).observe(seconds, exemplar)


@lru_cache(2048)
def _series(method: str, route: str, status: int) -> Histogram:
    return _DURATION.labels(method, route, str(status))
