"""The relay: publishes what the outbox holds, at least once, each aggregate in order (messaging.md, "Publishing").

One is active per service, by a session advisory lock on a connection of its own, which must not go through a
transaction pooler; others stand by. A leader that stands still, its node lost or its process stopped, loses the lead
after LEAD_SECONDS; what it had read by then it does not send any more when it goes on. Nothing notifies it: it asks,
often while there is traffic and seldom when not.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import structlog

from servicekit.db import Database, connections
from servicekit.messaging import metrics
from servicekit.messaging.broker import Broker, PublishFailed
from servicekit.messaging.cloudevents import COLUMNS, PERSONAL_TYPES, Row, message_of
from servicekit.messaging.measuring import age_of
from servicekit.messaging.spans import send_span
from servicekit.messaging.topology import EVENTS
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

BATCH = 500
WINDOW = 50
"""Messages in flight: 50 confirms at a time are many times the rate of one at a time."""
BUSY_SECONDS, IDLE_SECONDS = 0.05, 0.5
"""The pause after rows were found, and the one it grows to while there are none."""
LEAD_SECONDS = 15
"""How long the server leaves the lead to a session that asks nothing."""
SENDING_SECONDS = 8
"""How long rows of one look are sent: with the last confirm the next look comes well before the lead is lost."""
TROUBLE_SECONDS = 1.0
"""The pause after broker or database failed, and between the attempts of a standby to take over."""

_STATEMENT_SECONDS = 10.0
_LEAD = "SELECT pg_try_advisory_lock(hashtextextended('relay', 0))"
_WAITING = f"SELECT {COLUMNS} FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT {BATCH}"
_KEEP = "UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id = ANY ($1::bigint[])"
_FORGET = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
_NOTE_FAILURE = "UPDATE outbox SET attempts = attempts + 1, last_error = $2 WHERE id = ANY ($1::bigint[])"

log = structlog.get_logger()


class Relay:
    """Publishes one service's outbox until shutdown; outlives the loss of broker and database."""

    def __init__(self, database: Database, broker: Broker, service: str) -> None:
        self._database = database
        self._broker = broker
        self._service = service
        self._in_trouble = False

    async def run(self, stop: asyncio.Event) -> None:
        """Publish whenever no other process does.

        A row is marked only after its confirm: a crash at any point sends it again, and loses nothing.
        """
        while not stop.is_set():
            try:
                async with self._session() as connection:
                    if await _take_lead(connection, stop):
                        await self._publish_until(stop, connection)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
                self._report(f"{type(error).__name__}: {error}")
                await wait_for(stop, TROUBLE_SECONDS)

    @asynccontextmanager
    async def _session(self) -> "AsyncGenerator[Connection]":
        connection = await connections.connect(
            self._database.direct_url,
            timeout=connections.CONNECT_TIMEOUT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            server_settings=connections.server_settings(
                f"{self._service} relay", idle_session_timeout=f"{LEAD_SECONDS}s"
            ),
        )
        try:
            await connection.execute("SET app.company_id = '*'")
            yield connection
        finally:
            connection.terminate()  # nothing is in hand any more, and the lead goes with the session

    async def _publish_until(self, stop: asyncio.Event, connection: "Connection") -> None:
        pause = BUSY_SECONDS
        while not stop.is_set():
            until = monotonic() + SENDING_SECONDS
            rows = await connection.fetch(_WAITING)
            all_went = await self._publish(connection, rows, until)
            pause = BUSY_SECONDS if rows else min(pause * 2, IDLE_SECONDS)
            if not all_went:
                await wait_for(stop, TROUBLE_SECONDS)
            elif len(rows) < BATCH:
                await wait_for(stop, pause)

    async def _publish(self, connection: "Connection", rows: Sequence[Row], until: float) -> bool:
        """Send rows and mark what was confirmed; say whether no sending failed."""
        confirmed, reason = await self._send(rows, until)
        done = list(in_order(rows, confirmed))
        kept = [row["id"] for row in done if row["type"] not in PERSONAL_TYPES]
        forgotten = [row["id"] for row in done if row["type"] in PERSONAL_TYPES]
        if kept:
            await connection.execute(_KEEP, kept)
        if forgotten:
            await connection.execute(_FORGET, forgotten)
        if reason is not None:
            self._report(reason)
            await connection.execute(_NOTE_FAILURE, [row["id"] for row in rows if row["id"] not in confirmed], reason)
        elif rows:
            self._recovered()
        return reason is None

    async def _send(self, rows: Sequence[Row], until: float) -> tuple[set[int], str | None]:
        """Publish in order, a window in flight, until one fails or it is late; return what was confirmed, and why not.

        A process that was stopped meanwhile sends nothing more: another may lead, and have sent later ones.
        """
        confirmed: set[int] = set()
        reasons: list[str] = []
        window = asyncio.Semaphore(WINDOW)

        async def send(row: Row) -> None:
            async with window:
                if reasons or monotonic() > until:  # after a failure the rest would most likely fail too
                    return
                try:
                    await self._send_one(row)
                except PublishFailed as error:
                    metrics.PUBLISH_FAILURES.inc()
                    reasons.append(str(error))
                else:
                    confirmed.add(row["id"])

        await asyncio.gather(*(send(row) for row in rows))
        return confirmed, reasons[0] if reasons else None

    async def _send_one(self, row: Row) -> None:
        message = message_of(row, self._service)
        with send_span(message, row["tracestate"]):
            await self._broker.publish(message, exchange=EVENTS, routing_key=row["routing_key"])
        metrics.PUBLISHED.labels(row["type"]).inc()
        metrics.PUBLISH_DELAY.observe(age_of(row["event_id"]))

    def _report(self, reason: str) -> None:
        if not self._in_trouble:
            log.error("relay_in_trouble", reason=reason)
        self._in_trouble = True

    def _recovered(self) -> None:
        if self._in_trouble:
            log.info("relay_recovered")
        self._in_trouble = False


def in_order(rows: Sequence[Row], confirmed: Collection[int]) -> Iterator[Row]:
    """The rows that may be marked: confirmed, and no earlier one of the same aggregate still waits.

    A later event of an aggregate that overtook an earlier one is so sent again after it.
    """
    waiting: set[UUID] = set()
    for row in rows:
        if row["id"] not in confirmed:
            waiting.add(row["aggregate_id"])
        elif row["aggregate_id"] not in waiting:
            yield row


async def _take_lead(connection: "Connection", stop: asyncio.Event) -> bool:
    """Wait until this process leads (True) or `stop` is set (False)."""
    while not await connection.fetchval(_LEAD):
        if await wait_for(stop, TROUBLE_SECONDS):
            return False
    return True
