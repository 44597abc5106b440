"""What the analytics service consumes: every event but those with personal data, on one queue, in batches."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Envelope
from servicekit.db import SystemUnit
from servicekit.messaging.subscriptions import Subscriptions

from analytics.log import service
from analytics.log.domain import LOGGED

subscriptions = Subscriptions[None]("analytics")


@subscriptions.batch(*LOGGED, name="analytics.append", queue="log", size=500, linger_seconds=0.1)
async def count_new_events(events: Sequence[Envelope[Any]], unit: SystemUnit) -> None:
    """Append events to the log and count them, once each, whatever the order (rules.md 32)."""
    await service.append(unit, events)
