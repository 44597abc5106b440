"""The relay: publishes what the outbox holds, at least once, each aggregate in order (messaging.md, "Publishing").

One is active per service, by a session advisory lock on a connection of its own, which must not go through a
transaction pooler; others stand by. A leader that stands still, its node lost or its process stopped, loses the lead
after LEAD_SECONDS; what it had read by then it does not send any more when it goes on. Nothing notifies it: it asks,
often while there is traffic and seldom when not.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import asyncpg
import structlog

from servicekit.db import Database, connections
from servicekit.messaging.broker import Broker
from servicekit.messaging.cloudevents import COLUMNS, PERSONAL_TYPES, Row
from servicekit.messaging.sending import Sender, Sent, in_order
from servicekit.shutdown import wait_for

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

BATCH = 500
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
WAITING = (
    f"SELECT {COLUMNS} FROM outbox WHERE published_at IS NULL AND id <> ALL ($1::bigint[]) ORDER BY id LIMIT {BATCH}"
)
"""One look: what waits, but for the ids of what is on the way. It reads the index outbox_waiting alone."""
_KEEP = "UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id = ANY ($1::bigint[])"
_FORGET = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
_NOTE_FAILURE = "UPDATE outbox SET attempts = attempts + 1, last_error = $2 WHERE id = $1"
"""Of the one row that failed first: the others of its window failed as it did, or were not tried."""

Observer = Callable[[Sequence[Row]], None]
"""Is given rows when they are found, before they are published: what they say is committed. A row may come again."""

log = structlog.get_logger()


class Look(NamedTuple):
    """Rows that wait, in order, and until when they may be sent."""

    rows: Sequence[Row]
    until: float


class Relay:
    """Publishes one service's outbox until shutdown; outlives the loss of broker and database."""

    def __init__(self, database: Database, broker: Broker, service: str, observe: Observer | None = None) -> None:
        self._database = database
        self._observe = observe
        self._sender = Sender(broker, service)
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
        look = await self._look(connection, ())
        done: Sequence[Row] = ()
        while not stop.is_set():
            sent, upcoming = await self._send(connection, look, done)
            done = list(in_order(look.rows, sent.confirmed))
            if upcoming is not None and len(sent.confirmed) == len(look.rows):
                self._recovered()
                look = upcoming
                continue
            await _mark(connection, done)
            await self._report_outcome(connection, sent)
            pause = BUSY_SECONDS if look.rows else min(pause * 2, IDLE_SECONDS)
            if sent.failure:
                await wait_for(stop, TROUBLE_SECONDS)
            elif len(look.rows) < BATCH:
                await wait_for(stop, pause)
            look, done = await self._look(connection, ()), ()
        await _mark(connection, done)

    async def _send(self, connection: "Connection", look: Look, done: Sequence[Row]) -> tuple[Sent, Look | None]:
        """Send what was found; meanwhile mark what went before, and after a full look find the next rows."""
        sending = asyncio.create_task(self._sender.send(look.rows, look.until))
        try:
            await _mark(connection, done)
            upcoming = await self._look(connection, look.rows) if len(look.rows) == BATCH else None
            return await sending, upcoming
        finally:
            sending.cancel()

    async def _look(self, connection: "Connection", on_the_way: Sequence[Row]) -> Look:
        """The first rows that wait and are not on the way yet; all of them, whichever transaction committed when."""
        until = monotonic() + SENDING_SECONDS
        rows = await connection.fetch(WAITING, [row["id"] for row in on_the_way])
        if rows and self._observe is not None:
            self._observe(rows)
        return Look(rows, until)

    async def _report_outcome(self, connection: "Connection", sent: Sent) -> None:
        if sent.failure:
            self._report(str(sent.failure))
            await connection.execute(_NOTE_FAILURE, sent.failed, str(sent.failure))
        elif sent.confirmed:
            self._recovered()

    def _report(self, reason: str) -> None:
        if not self._in_trouble:
            log.error("relay_in_trouble", reason=reason)
        self._in_trouble = True

    def _recovered(self) -> None:
        if self._in_trouble:
            log.info("relay_recovered")
        self._in_trouble = False


async def _mark(connection: "Connection", done: Sequence[Row]) -> None:
    """Mark rows as published, and delete those with personal data."""
    kept = [row["id"] for row in done if row["type"] not in PERSONAL_TYPES]
    forgotten = [row["id"] for row in done if row["type"] in PERSONAL_TYPES]
    if kept:
        await connection.execute(_KEEP, kept)
    if forgotten:
        await connection.execute(_FORGET, forgotten)


async def _take_lead(connection: "Connection", stop: asyncio.Event) -> bool:
    """Wait until this process leads (True) or `stop` is set (False)."""
    while not await connection.fetchval(_LEAD):
        if await wait_for(stop, TROUBLE_SECONDS):
            return False
    return True
