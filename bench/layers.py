"""Which part of the api a sampled stack belongs to: the innermost frame that is in one of these places."""

from collections import Counter
from collections.abc import Iterable

LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("pricing", ("quote/",)),
    ("events", ("contracts/", "cart/carts/domain/events", "servicekit/messaging/outbox", "uuid_utils",
                "servicekit/ids")),
    ("limiter", ("servicekit/process/limiter", "servicekit/routes/rate_limits", "limits/", "redis/")),
    ("auth", ("servicekit/auth/", "servicekit/routes/callers")),
    ("idempotency", ("servicekit/routes/idempotency", "servicekit/sealing")),
    ("calls to pricing", ("servicekit/upstream/", "httpx", "httpcore", "h11", "anyio")),
    ("log, metrics, trace", ("servicekit/http/exchange/", "servicekit/observability/", "opentelemetry/",
                             "prometheus_client/", "structlog/")),
    ("answer as JSON", ("cart/carts/view", "servicekit/http/answers")),
    ("database driver", ("asyncpg/", "servicekit/db/", "servicekit/routes/transactions")),
    ("cart", ("cart/",)),
    ("request validation", ("pydantic", "fastapi/_compat", "fastapi/dependencies/utils.py:request_")),
    ("FastAPI and Starlette", ("fastapi/", "starlette/", "servicekit/routes/error_handlers", "contextlib",
                               "<frozen contextlib")),
    ("HTTP server", ("uvicorn/", "uvloop", "httptools")),
)  # fmt: skip
OTHER = "other"


def shares(folded: Iterable[str]) -> dict[str, float]:
    """The share of samples by layer, largest first, from lines such as `outer (file:1);inner (file:2) 17`."""
    counts: Counter[str] = Counter()
    for line in folded:
        stack, _, count = line.rpartition(" ")
        if stack and count.isdigit():
            counts[layer_of(stack)] += int(count)
    total = counts.total() or 1
    return {layer: count / total for layer, count in counts.most_common()}


def layer_of(stack: str) -> str:
    """The layer of one stack, outermost frame first."""
    for frame in reversed(stack.split(";")):
        place = frame.rpartition(" (")[2].rstrip(")")
        for layer, places in LAYERS:
            if any(place.startswith(name) or f"/{name}" in place for name in places):
                return layer
    return OTHER
