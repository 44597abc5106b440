"""Appending to the log, with everything that is counted from it, in one transaction."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Envelope
from servicekit.db import Unit

from analytics.facts import service as facts
from analytics.log import repository
from analytics.log.domain import Recorded
from analytics.names import service as names


async def append(unit: Unit, envelopes: Iterable[Envelope[Any]]) -> int:
    """Keep the events that the log does not have yet, and count exactly those; return how many they were.

    Idempotent, and the order of events, of batches and of workers makes no difference to what is counted (rules.md 32).
    """
    events = list({envelope.id: Recorded.of(envelope) for envelope in envelopes}.values())
    added = await repository.add(unit, events)
    new = [event for event in events if event.event_id in added]
    await facts.count(unit, new)
    await names.learn(unit, new)
    return len(new)
