"""How much the relay has on the way."""

from collections.abc import Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from servicekit.ids import new_id
from servicekit.messaging.broker import Broker, Message, PublishFailed, PublishRefused
from servicekit.messaging.sending import WINDOW, WINDOWS, Sender


class FailingBroker(Broker):
    """Confirms nothing as long as it has a failure; notes how many messages come together."""

    def __init__(self, failure: PublishFailed | None) -> None:
        super().__init__([], None)  # type: ignore[arg-type]  # it has no connection
        self.failure = failure
        self.sizes: list[int] = []

    async def publish_all(
        self,
        messages: Sequence[tuple[Message, str]],
        *,
        exchange: str,
        timeout: float = 0,  # noqa: ASYNC109  # the method's own
    ) -> list[PublishFailed | None]:
        """Note the window, and what became of it."""
        self.sizes.append(len(messages))
        return [self.failure for _ in messages]


def rows(count: int) -> list[dict[str, Any]]:
    """Outbox rows."""
    same = {
        "company_id": new_id(),
        "aggregate_version": 1,
        "type": "cart.created.v1",
        "routing_key": "cart.created.v1",
        "dataschema": "none",
        "data": "{}",
        "traceparent": None,
        "tracestate": None,
        "correlation_id": None,
        "causation_id": None,
        "occurred_at": datetime.now(UTC),
        "sent_at": datetime.now(UTC),
    }
    return [{"id": n, "event_id": new_id(), "aggregate_id": new_id(), **same} for n in range(count)]


async def test_to_a_silent_broker_one_message_goes_alone_until_it_answers() -> None:
    """What a broker under a memory alarm does not read would pile up in the worker, second by second."""
    broker = FailingBroker(PublishFailed("not confirmed within 5 s"))
    sender = Sender(broker, "notes")

    await sender.send(rows(1_000), monotonic() + 8)
    first, broker.sizes = broker.sizes, []
    await sender.send(rows(1_000), monotonic() + 8)
    again, broker.sizes, broker.failure = broker.sizes, [], None
    sent = await sender.send(rows(1_000), monotonic() + 8)

    assert sum(first) <= WINDOW * WINDOWS
    assert again == [1]
    assert broker.sizes[:2] == [1, WINDOW]
    assert len(sent.confirmed) == 1_000


async def test_a_broker_that_refuses_gets_whole_windows() -> None:
    """One event that it never takes holds up those of its aggregate, and no others."""
    broker = FailingBroker(PublishRefused("refused by the broker"))
    sender = Sender(broker, "notes")

    for _ in range(2):
        sent = await sender.send(rows(1_000), monotonic() + 8)

    assert (sent.failed, str(sent.failure)) == (0, "refused by the broker")
    assert set(broker.sizes) == {WINDOW}


async def test_what_is_late_is_not_sent() -> None:
    """Another process may lead by now, and have sent later ones."""
    broker = FailingBroker(None)

    sent = await Sender(broker, "notes").send(rows(10), monotonic() - 1)

    assert (sent.confirmed, sent.failure, broker.sizes) == (set(), None, [])
