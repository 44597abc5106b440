"""Every event found once: what the outboxes hold against what each handler has handled, and what the log has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import aio_pika
import asyncpg
from aio_pika.exceptions import ChannelNotFoundEntity
from manifests.model import Manifest
from simulator.demo.ledger import Ledger

_RETRY_QUEUES = ("retry.5s", "retry.30s", "retry.5m", "retry.30m")
_UNROUTED = "evt.unrouted"

Handlers = Mapping[str, Mapping[str, frozenset[str]]]
"""By service: which types of events each handler takes, of those handlers that both versions have."""


@dataclass(frozen=True, slots=True)
class Books:
    """What is in the databases and the broker once everything is quiet."""

    published: Mapping[UUID, str]
    """The type of each event in any outbox."""
    waiting: int
    """Events that no broker has confirmed."""
    handled: Mapping[str, Collection[UUID]]
    """The events of each handler's inbox."""
    logged: Sequence[UUID]
    """The events of analytics' log."""
    versions: Mapping[UUID, int]
    """How many different versions of each cart the log has."""
    depths: Mapping[str, int]
    """Messages in queues that have to be empty: dead letters, what nobody listens to, what waits for another try."""


@dataclass(slots=True)
class Balance:
    """How the books agree; `faults` are sentences."""

    events: int
    commands: int
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)


def balance(books: Books, handlers: Handlers, ledgers: Iterable[Ledger]) -> Balance:
    """Hold the books against each other and against what shoppers were answered."""
    notes = [note for ledger in ledgers for note in ledger.carts]
    found = Balance(len(books.published), sum(note.version for note in notes))
    for name, types in sorted((name, types) for each in handlers.values() for name, types in each.items()):
        wanted = {event for event, kind in books.published.items() if kind in types}
        if missing := wanted - set(books.handled.get(name, ())):
            found.lost += len(missing)
            kinds = sorted({books.published[event] for event in missing})
            found.faults.append(f"{name} never handled {len(missing)} events ({', '.join(kinds)})")
    if doubled := len(books.logged) - len(set(books.logged)):
        found.doubled += doubled
        found.faults.append(f"the log has {doubled} events twice")
    if invented := set(books.logged) - set(books.published):
        found.doubled += len(invented)
        found.faults.append(f"the log has {len(invented)} events that nobody published")
    for note in notes:
        if (versions := books.versions.get(UUID(note.id), 0)) < note.version:
            found.lost += note.version - versions
            found.faults.append(f"cart {note.id} was answered at version {note.version}; the log has {versions}")
    if books.waiting:
        found.faults.append(f"{books.waiting} events wait in an outbox")
    found.faults += [f"{queue} holds {depth} messages" for queue, depth in books.depths.items() if depth]
    return found


def in_both(older: Handlers, newer: Handlers) -> Handlers:
    """The handlers that both versions have, with the types that both give them.

    What only the newer one handles is not handled while it is rolled back; `republish` of the publisher brings it.
    """
    return {
        service: {
            name: types & older[service][name] for name, types in newer[service].items() if name in older[service]
        }
        for service in newer.keys() & older.keys()
    }


async def read_books(postgres_url: str, rabbitmq_url: str, manifests: Sequence[Manifest]) -> Books:
    """Read all of it, as the superuser, who sees every company's rows."""
    published: dict[UUID, str] = {}
    handled: dict[str, set[UUID]] = {}
    versions: dict[UUID, int] = {}
    waiting, logged = 0, list[UUID]()
    for manifest in manifests:
        connection = await asyncpg.connect(_database(postgres_url, manifest.database))
        try:
            outbox = await connection.fetch("SELECT event_id, type, published_at IS NULL AS waits FROM outbox")
            published |= {row["event_id"]: row["type"] for row in outbox}
            waiting += sum(row["waits"] for row in outbox)
            for row in await connection.fetch("SELECT consumer, event_id FROM inbox"):
                handled.setdefault(row["consumer"], set()).add(row["event_id"])
            if manifest.name == "analytics":
                logged = [row["event_id"] for row in await connection.fetch("SELECT event_id FROM events")]
                versions = {row["aggregate_id"]: row["versions"] for row in await connection.fetch(_VERSIONS)}
        finally:
            await connection.close()
    depths = await _depths(rabbitmq_url, [_UNROUTED, *_RETRY_QUEUES, *(f"{one.name}.dlq" for one in manifests)])
    return Books(published, waiting, handled, logged, versions, depths)


_VERSIONS = """
SELECT aggregate_id, count(DISTINCT aggregate_version) AS versions FROM events WHERE type LIKE 'cart.%'
GROUP BY aggregate_id
"""


def _database(postgres_url: str, name: str) -> str:
    return urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))


async def _depths(rabbitmq_url: str, queues: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    async with await aio_pika.connect(rabbitmq_url) as connection:
        for name in queues:
            async with connection.channel() as channel:  # a queue that is missing closes its channel
                try:
                    queue = await channel.declare_queue(name, passive=True)
                except ChannelNotFoundEntity:
                    continue
                found[name] = queue.declaration_result.message_count or 0
    return found
