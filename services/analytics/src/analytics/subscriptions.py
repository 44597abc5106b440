"""What the analytics service listens to: every event but those with personal data, on one queue, in batches."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Envelope
from servicekit.db import Unit
from servicekit.messaging.subscriptions import Subscriptions

from analytics.intake import service
from analytics.log.domain import RECORDED

subscriptions = Subscriptions("analytics")


@subscriptions.batch(*RECORDED, name="analytics.append", queue="log", size=500, linger_seconds=0.1)
async def append(events: Sequence[Envelope[Any]], unit: Unit) -> None:
    """Append events to the log and count them, once each, whatever the order (rules.md 32)."""
    await service.append(unit, events)
