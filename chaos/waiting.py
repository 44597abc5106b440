"""What is under way in the platform: rows to publish, messages in queues, timers that are due."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import aio_pika
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity
from servicekit.messaging.topology import DELAYS, UNROUTED, dead_letter_queue

from chaos.databases import MANIFESTS, Databases
from chaos.shop import Shop

QUEUES: Final[Sequence[str]] = (
    *(queue for manifest in MANIFESTS for queue in manifest.worker.queues),
    *(delay.name for delay in DELAYS),
    *(dead_letter_queue(manifest.name) for manifest in MANIFESTS),
    UNROUTED,
)
_KEPT: Final = frozenset(set(QUEUES) - {queue for manifest in MANIFESTS for queue in manifest.worker.queues})
"""Queues that nobody consumes: what was in them before a run is none of its business."""

_REMINDERS = "SELECT count(*) FROM recoveries WHERE company_id = $1 AND next_due_at IS NOT NULL"
_HOLDS = "SELECT count(*) FROM inventory_holds WHERE company_id = $1 AND state = 'ACTIVE' AND expires_at <= now()"
_CARTS = """
SELECT count(*) FROM carts WHERE company_id = $1
    AND (hold_change IS NOT NULL OR (status = 'ACTIVE' AND site_id = $2 AND item_count > 0))
"""


@dataclass(slots=True)
class Waiting:
    """Looks into one platform, of whose companies one is this run's."""

    databases: Databases
    rabbitmq_url: str
    shop: Shop
    _before: Mapping[str, int] = field(default_factory=dict)

    async def begin(self) -> None:
        """Note what lies in queues that nobody consumes, and is not to be counted."""
        before = await self._queues()
        self._before = {name: before[name] for name in _KEPT}

    async def backlog(self) -> dict[str, int]:
        """How many rows of outboxes are not published, and how many messages are in each queue, dead letters too."""
        depths = await self._queues()
        found = {f"the queue {name}": max(0, depth - self._before.get(name, 0)) for name, depth in depths.items()}
        for manifest in MANIFESTS:
            async with self.databases.of(manifest.name) as connection:
                unpublished = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
                found[f"the outbox of {manifest.name}"] = await connection.fetchval(unpublished)
        return found

    async def timers(self) -> dict[str, int]:
        """What this run's company has to happen by itself in the next seconds: abandonments, mails, ends of holds."""
        async with self.databases.of("cart") as cart:
            carts = await cart.fetchval(_CARTS, self.shop.company_id, self.shop.reminding)
        async with self.databases.of("inventory") as inventory:
            holds = await inventory.fetchval(_HOLDS, self.shop.company_id)
        async with self.databases.of("recovery") as recovery:
            reminders = await recovery.fetchval(_REMINDERS, self.shop.company_id)
        return {"carts to be abandoned": carts, "holds that are over": holds, "mails to be sent": reminders}

    async def everything(self) -> dict[str, int]:
        """Backlog and timers."""
        return await self.backlog() | await self.timers()

    async def _queues(self) -> dict[str, int]:
        depths: dict[str, int] = {}
        async with await aio_pika.connect(self.rabbitmq_url, timeout=30) as connection:
            for name in QUEUES:
                async with connection.channel() as channel:  # a queue that is missing closes its channel
                    with suppress(ChannelNotFoundEntity):
                        queue = await channel.declare_queue(name, passive=True)
                        depths[name] = queue.declaration_result.message_count or 0
        return depths


@dataclass(frozen=True, slots=True)
class Quiet:
    """Seconds from the last fault until the backlog was empty, and until no timer was due either; None when never."""

    backlog_seconds: float | None
    timers_seconds: float | None


async def until_quiet(waiting: Waiting, *, since: float, patience: float, steady: float) -> Quiet:
    """Look until nothing is under way for `steady` seconds, or for `patience` seconds; `since` is the loop's time."""
    now = asyncio.get_running_loop().time
    deadline = now() + patience
    backlog: float | None = None
    quiet: float | None = None
    while now() < deadline:
        with suppress(AMQPError, OSError):  # the broker is on its way back
            behind = any((await waiting.backlog()).values())
            due = any((await waiting.timers()).values())
            backlog = None if behind else backlog if backlog is not None else now()
            quiet = None if behind or due else quiet if quiet is not None else now()
            if backlog is not None and quiet is not None and now() - quiet >= steady:
                return Quiet(backlog - since, quiet - since)
        await asyncio.sleep(0.5)
    return Quiet(backlog - since if backlog is not None else None, None)
