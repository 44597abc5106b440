"""Streams of carts: a process looks at the carts that its streams follow, when a hint says so and every few seconds.

One task looks and one listens, for all streams together. Hints only make a look come sooner: what they miss, because
Redis was away or a process died, the next look finds.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Final, NamedTuple
from uuid import UUID

import structlog
from servicekit.clock import Clock
from servicekit.db.database import is_unavailable
from servicekit.errors import FeatureDisabled403, ServiceUnavailable503
from servicekit.http.event_stream import Outlet
from servicekit.languages.sentences import Translator
from servicekit.observability import error_tracking
from servicekit.observability.error_line import error_line
from servicekit.process.flags import Flags

from cart import errors
from cart.flags import CartFlag
from cart.streams import metrics
from cart.streams.clients import HintReceiver
from cart.streams.domain import FINAL, Audience, EndReason, Hint
from cart.streams.use_cases.look_at_carts import CartLooker, Look
from cart.streams.use_cases.watching import Newcomer, Watch, Watches
from cart.streams.view import Shown, end_frame

PAUSE_SECONDS: Final = 0.1
"""Between two looks; hints that come meanwhile are followed together."""
INTERVAL_SECONDS: Final = 10.0
"""How often every cart is looked at while hints arrive: it finds what they missed."""
POLLING_SECONDS: Final = 2.0
"""And how often while they do not, because Redis is away."""
BATCH: Final = 50
"""Carts that are looked at together."""
TROUBLE_SECONDS: Final = 1.0
"""When to look again after the database failed."""
OPENING_SECONDS: Final = 5.0
"""How long a client waits for its stream to begin."""
LIFE_SECONDS: Final = 3_600
"""After between half and all of it a stream is to be opened again: new processes get their share of streams so."""

log = structlog.get_logger(__name__)


class Following(NamedTuple):
    """An open stream, and what forgets it when it is over."""

    outlet: Outlet
    watch: Watch


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """How many streams one process keeps open: in all, and of one shopper."""

    in_all: int
    of_shopper: int


class CartFollower:
    """Follows carts; one for the life of a process, which it costs nothing before the first stream."""

    def __init__(
        self,
        looker: CartLooker,
        hints: HintReceiver,
        flags: Flags,
        clock: Clock,
        draining: asyncio.Event,
        limits: StreamLimits,
    ) -> None:
        self._looker, self._hints, self._flags, self._clock = looker, hints, flags, clock
        self._draining, self._limits = draining, limits
        self._watches = Watches()
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._open = 0
        self._of_shopper: defaultdict[tuple[UUID, bytes | str | None], list[Outlet]] = defaultdict(list)

    async def follow(
        self, audience: Audience, translator: Translator | None, last_seen: str, expires_at: datetime | None
    ) -> Following:
        """Open a stream, which begins with the cart unless the client has `last_seen` it like that.

        It ends at `expires_at`. The shopper's oldest stream ends when there are too many. Raises CartNotFound,
        SiteNotFound, FeatureDisabled403, and ServiceUnavailable503 when this process has no room or cannot read carts.
        """
        if self._draining.is_set() or self._open >= self._limits.in_all:
            raise ServiceUnavailable503(headers={"Retry-After": "2"})
        self._start()
        watch, outlet = self._watches.of(audience, translator), self._outlet(expires_at)
        newcomer = Newcomer(outlet, last_seen, asyncio.get_running_loop().create_future())
        watch.newcomers.append(newcomer)
        watch.stamp, watch.look_at = None, 0.0
        self._open += 1
        self._woken.set()
        following = Following(outlet, watch)
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                await newcomer.begun
        except BaseException as error:
            self._forget(following)
            if isinstance(error, TimeoutError):
                raise ServiceUnavailable503 from None
            raise
        self._make_room(audience, outlet)
        metrics.OPEN.inc()
        return following

    def leave(self, following: Following, reason: str) -> None:
        """Note that a stream is over."""
        metrics.OPEN.dec()
        metrics.ENDED.labels(reason).inc()
        self._forget(following)

    async def close(self) -> None:
        """Stop looking and listening."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self) -> None:
        if not self._tasks:
            loop = asyncio.get_running_loop()
            work = (self._look_on(), self._hints.run(self._note, self._look_soon), self._end_when_draining())
            self._tasks = [loop.create_task(part) for part in work]
            for task in self._tasks:
                task.add_done_callback(_report)

    def _outlet(self, expires_at: datetime | None) -> Outlet:
        outlet, reason = Outlet(), EndReason.RESTARTING
        seconds = LIFE_SECONDS / 2 + secrets.randbelow(LIFE_SECONDS // 2)
        if expires_at is not None and (left := (expires_at - self._clock.now()).total_seconds()) < seconds:
            seconds, reason = left, EndReason.TOKEN_EXPIRED
        outlet.end_at(asyncio.get_running_loop().time() + seconds, reason, end_frame(reason))
        return outlet

    def _make_room(self, audience: Audience, outlet: Outlet) -> None:
        """End the shopper's oldest stream if this is one too many: who left without a word does not keep others out."""
        theirs = self._of_shopper[audience.shopper]
        theirs.append(outlet)
        if len(theirs) > self._limits.of_shopper:
            theirs.pop(0).end(EndReason.TOO_MANY_STREAMS, end_frame(EndReason.TOO_MANY_STREAMS))

    def _forget(self, following: Following) -> None:
        watch, shopper = following.watch, following.watch.audience.shopper
        self._open -= 1
        watch.leave(following.outlet)
        if watch.is_over:
            self._watches.remove(watch)
        theirs = [one for one in self._of_shopper.pop(shopper, ()) if one is not following.outlet]
        if theirs:
            self._of_shopper[shopper] = theirs

    def _note(self, hints: Sequence[Hint]) -> None:
        self._watches.note(hints, asyncio.get_running_loop().time())

    def _look_soon(self) -> None:
        """Hints were missed."""
        for watch in self._watches:
            watch.look_at = 0.0

    async def _end_when_draining(self) -> None:
        await self._draining.wait()
        for watch in self._watches:
            watch.refuse(ServiceUnavailable503(headers={"Retry-After": "2"}))
            watch.end(EndReason.RESTARTING)

    async def _look_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._watches.is_empty:
                self._woken.clear()
                await self._woken.wait()
            interval = INTERVAL_SECONDS if self._hints.is_listening else POLLING_SECONDS
            for company_id, watches in self._watches.due(loop.time(), interval):
                for start in range(0, len(watches), BATCH):
                    await self._look(company_id, watches[start : start + BATCH])
            await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self, company_id: UUID, watches: Sequence[Watch]) -> None:
        """Look at some carts; whatever goes wrong, their streams go on and the next look comes."""
        try:
            if not await self._flags.enabled(CartFlag.CART_SYNC, company_id):
                for watch in watches:
                    watch.refuse(FeatureDisabled403())
                    watch.end(EndReason.FEATURE_DISABLED)
                return
            for watch, look in zip(watches, await self._looker.look(company_id, watches), strict=True):
                self._apply(watch, look)
        except Exception as error:
            log.warning("carts_not_looked_at", company_id=str(company_id), error=error_line(error))
            if not is_unavailable(error):
                error_tracking.report(error, "streams of carts")
            for watch in watches:
                watch.stamp = None
                watch.look_by(asyncio.get_running_loop().time() + TROUBLE_SECONDS)

    def _apply(self, watch: Watch, look: Look) -> None:
        seen = look.seen
        if seen is None:
            watch.refuse(errors.SiteNotFound() if watch.audience.session_hash is None else errors.CartNotFound())
            watch.end(EndReason.SESSION_ENDED)
        elif seen.status in FINAL:
            watch.let_in()
            watch.end(FINAL[seen.status])
        elif look.shown is not None:
            self._show(watch, look.shown)
            watch.cart_id, watch.stamp = seen.cart_id, seen.stamp
        elif watch.newcomers:  # they came while the cart was looked at, or it has gone since
            watch.stamp, watch.look_at = None, 0.0

    def _show(self, watch: Watch, cart: Shown) -> None:
        """Give the cart to its streams, measure how late, and note when the clock alone changes it next."""
        now = self._clock.now()
        if watch.shown_id and cart.updated_at is not None and cart.version > watch.version:
            metrics.DELAY.observe(max(0.0, (now - cart.updated_at).total_seconds()))
        watch.stale_at = inf
        if cart.changes_at is not None:
            watch.stale_at = asyncio.get_running_loop().time() + (cart.changes_at - now).total_seconds()
        watch.show(cart)


def _report(task: "asyncio.Task[None]") -> None:
    """A task that failed, which none should: without the one that listens, carts are looked at more often."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("streams_task_failed", error=error_line(error))
        error_tracking.report(error, "streams of carts")
