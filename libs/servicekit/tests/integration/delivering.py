"""The steps of delivery's scenarios: commit events, make messages, and let handlers leave notes."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from contracts.envelope import Envelope, RecordedEvent
from servicekit.db import Database, Unit
from servicekit.ids import new_id
from servicekit.messaging import outbox
from servicekit.messaging.broker import Broker, Message

if TYPE_CHECKING:
    from aio_pika.abc import AbstractIncomingMessage

ADD = "INSERT INTO notes (company_id, id, body) VALUES ($1, $2, $3)"


async def publish(database: Database, company_id: UUID, *events: RecordedEvent[Any]) -> None:
    """Commit events, for the relay to send."""
    async with database.unit(company_id) as unit:
        await outbox.add(unit, *events)


async def bodies(database: Database, company_id: UUID) -> list[str]:
    """The notes that handlers left for a company."""
    async with database.unit(company_id) as unit:
        return [row["body"] for row in await unit.fetch("SELECT body FROM notes ORDER BY body")]


def note(event: Envelope[Any], unit: Unit, body: str) -> Any:
    """Leave a note in the handler's transaction."""
    return unit.execute(ADD, event.companyid, new_id(), body)


def message_with(event: Envelope[Any], **changes: Any) -> Message:
    """The event as a message of one's own making."""
    fields = {
        "body": event.model_dump_json(by_alias=True).encode(),
        "id": str(event.id),
        "type": event.type,
        "sent_at": datetime.now(UTC),
    }
    return Message(**{**fields, **changes})


async def ids_in(broker: Broker, queue: str) -> list[str]:
    """The ids of the messages in a queue, which stay there.

    They are consumed, all at once: to get one by itself is a write to the disk of a quorum queue's node.
    """
    found = asyncio.Queue[str]()

    async def take(message: "AbstractIncomingMessage") -> None:
        found.put_nowait(message.message_id or "")

    channel = await broker.channel()
    source = await channel.declare_queue(queue, passive=True)
    waiting = source.declaration_result.message_count or 0
    await source.consume(take)
    ids = [await asyncio.wait_for(found.get(), 60) for _ in range(waiting)]
    await channel.close()
    return ids
