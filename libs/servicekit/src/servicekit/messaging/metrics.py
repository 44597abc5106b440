"""The measures of messaging (operations.md, "Metrics"): outbox age, publishing, handling, duplicates, dead letters."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)

OUTBOX_AGE = Gauge("outbox_oldest_seconds", "Age of the oldest event that waits to be published; 0 when none does")
PUBLISHED = Counter("outbox_published", "Events confirmed by the broker", ("type",))
PUBLISH_FAILURES = Counter("outbox_publish_failures", "Attempts to publish an event that were not confirmed")
PUBLISH_DELAY = Histogram("outbox_publish_delay_seconds", "From the event's making to its confirm", buckets=_SECONDS)

HANDLED = Counter("events_handled", "Events that took effect", ("handler",))
DUPLICATES = Counter("events_duplicate", "Deliveries of an event that had already taken effect", ("handler",))
RETRIED = Counter("events_retried", "Messages sent to wait for another attempt", ("queue",))
BEGUN_AGAIN = Counter("events_begun_again", "Tries of a handler that another transaction's locks ended", ("handler",))
DEAD_LETTERED = Counter("events_dead_lettered", "Messages given up", ("queue",))
GIVEN_BACK = Counter("events_given_back", "Messages of a paused queue that went back, no attempt spent", ("queue",))
QUEUE_PAUSED = Gauge("queue_paused", "1 while this worker rests from a queue of which every message fails", ("queue",))
HANDLING = Histogram(
    "events_handling_seconds", "From delivery to the end of its transactions", ("queue",), buckets=_SECONDS
)
QUEUE_DEPTH = Gauge(
    "queue_messages",
    "Messages ready in a queue of this service, its dead letters included, and in evt.unrouted, which all share",
    ("queue",),
)
