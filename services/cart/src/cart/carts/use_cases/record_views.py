"""CartViewed, at most once an hour per cart and off the request's transaction (rules.md 33)."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import structlog
from servicekit.db import Database

from cart.carts.persistence.viewed_carts import note_views

INTERVAL = timedelta(hours=1)
_FLUSH_SECONDS = 0.5
_REMEMBERED = 50_000

log = structlog.get_logger(__name__)


class ViewRecorder:
    """Collects views in memory and writes them set by set; a crash may lose half a second of views, never a cart.

    Each process forgets after an hour which carts it has noted; the database has the last word between processes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: dict[UUID, datetime] = {}
        self._waiting: defaultdict[UUID, dict[UUID, datetime]] = defaultdict(dict)
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def record_view(self, company_id: UUID, cart_id: UUID, now: datetime) -> None:
        """A shopper looked at this cart; costs no I/O here."""
        last = self._seen.get(cart_id)
        if last is not None and now - last < INTERVAL:
            return
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[cart_id] = now
        self._waiting[company_id][cart_id] = now

    async def flush(self) -> None:
        """Write what has been collected; what cannot be written is kept for the next time."""
        waiting, self._waiting = self._waiting, defaultdict(dict)
        for company_id, carts in waiting.items():
            try:
                async with self._database.unit(company_id) as unit:
                    await note_views(unit, carts, INTERVAL)
            except Exception as error:  # the recorder outlives a database that is away
                log.warning("views_not_written", error=type(error).__name__, carts=len(carts))
                self._waiting[company_id] = {**carts, **self._waiting[company_id]}

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run(), name="cart-views")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()  # not cancelled: a flush that is under way ends first
        if self._task is not None:
            await self._task
        await self.flush()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _FLUSH_SECONDS)
            if self._waiting:
                await self.flush()
