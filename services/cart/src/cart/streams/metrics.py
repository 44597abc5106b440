"""Measures of streams."""

from prometheus_client import Counter, Gauge, Histogram

OPEN = Gauge("cart_streams_open", "Streams of carts that this process has open")
ENDED = Counter(
    "cart_streams_ended",
    "Streams of carts that ended; LEFT by their reader, UNREAD were cut off, the other reasons were sent",
    ("reason",),
)
LISTENING = Gauge(
    "cart_streams_listening",
    "1 while hints of changes reach this process; 0 while Redis is away, and before its first stream",
)
HINTS_DROPPED = Counter("cart_stream_hints_dropped", "Hints of changes that Redis did not take")
DELAY = Histogram(
    "cart_stream_delay_seconds",
    "From the change of a cart to the moment at which it was given to its open streams",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30),
)
