"""Shoppers who come at a constant rate, whatever the answers take: steps that begin late are the platform's doing."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from typing import Final

from cartwheel_client import CartwheelError, Retries
from localservers.concurrency import at_once
from simulator.demo.browser import Browser, transport_of
from simulator.demo.errors import WrongAnswer
from simulator.demo.shopper import Shopper
from simulator.demo.stack import DemoStack

from rollout.drill.requests import Noting, RequestLog
from rollout.drill.shoppers import choose

_THOUGHT_SECONDS: Final = 1.0
"""Between two steps of one shopper; the rate is kept by how many shoppers there are."""
_WAITING_AT_ONCE: Final = 30


@dataclass(slots=True)
class Visit:
    """One shopper with what is left to do."""

    shopper: Shopper
    steps: AsyncGenerator[None]
    resources: AsyncExitStack
    rested_at: float = 0.0


@dataclass(slots=True)
class Load:
    """The shoppers of several shops, at `rate` steps a second; each step is a request, some are two."""

    shops: Sequence[DemoStack]
    rate: float
    log: RequestLog
    random: Random
    wrong: list[str] = field(default_factory=list)
    """What shoppers did not expect: sentences."""
    _resting: deque[Visit] = field(default_factory=deque)
    _gone: list[Visit] = field(default_factory=list)
    _came: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Let shoppers come until `stop` is set; then each finishes, and sees what becomes of a cart that is left."""
        async with at_once() as group:
            began, step = time.monotonic(), 0
            while not stop.is_set():
                visit = self._rested() or await self._arrival()
                group.create_task(self._step(visit))
                step += 1
                await asyncio.sleep(max(0.0, began + step / self.rate - time.monotonic()))
        while self._resting:
            visits, self._resting = [*self._resting], deque()
            await asyncio.gather(*map(self._step, visits))

    async def see_the_end(self) -> None:
        """Wait until every cart that was left behind is abandoned, and let its shopper see it."""
        room = asyncio.Semaphore(_WAITING_AT_ONCE)

        async def one(visit: Visit) -> None:
            note = visit.shopper.note
            async with room, visit.resources:
                if note.status in ("ACTIVE", "ABANDONED") and note.items:
                    try:
                        await visit.shopper.wait_until_abandoned()
                    except (CartwheelError, WrongAnswer) as wrong:
                        await self._note(wrong, visit)

        await asyncio.gather(*map(one, self._gone))
        self._gone.clear()

    def _rested(self) -> Visit | None:
        if self._resting and self._resting[0].rested_at <= time.monotonic():
            return self._resting.popleft()
        return None

    async def _arrival(self) -> Visit:
        self._came += 1
        shop, resources = self.shops[self._came % len(self.shops)], AsyncExitStack()
        transport = Noting(transport_of(self._came), self.log)
        gateway = shop.stack.gateway(shop.company_id, transport=transport, retries=Retries.none())
        cartwheel = await resources.enter_async_context(gateway)
        choices = Random(self.random.random())  # noqa: S311  # nothing is guessed by it
        browser = Browser(shop.stack.gateway_url, transport_of(self._came))
        shopper = Shopper(shop, choices.choice(shop.sites), cartwheel, browser, choices, self._came)
        return Visit(shopper, choose(choices)(shopper), resources)

    async def _step(self, visit: Visit) -> None:
        try:
            await anext(visit.steps)
        except StopAsyncIteration:
            self._gone.append(visit)
        except (CartwheelError, WrongAnswer) as wrong:
            await self._note(wrong, visit)
        else:
            visit.rested_at = time.monotonic() + _THOUGHT_SECONDS
            self._resting.append(visit)

    async def _note(self, wrong: Exception, visit: Visit) -> None:
        """A shopper who was answered wrongly does not shop on: what the cart is now is unknown."""
        self.wrong.append(f"{type(wrong).__name__}: {wrong}")
        await visit.resources.aclose()
