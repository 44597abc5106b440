"""All faults of a run at once, each at its own pace, and whoever ended by itself started again."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from localservers.concurrency import at_once

from chaos.faults.fault import Injected, Recurring
from chaos.processes import Processes

_LOOK_SECONDS: Final = 0.5
ENDED: Final = "ended by itself, started again"


@dataclass(slots=True)
class Storm:
    """Inflicts every fault again and again for so many seconds; `report` is called with each that is over."""

    processes: Processes
    faults: Sequence[Recurring]
    seconds: float
    seed: int
    report: Callable[[Injected], None]
    injected: list[Injected] = field(default_factory=list)
    _began: float = 0.0

    async def rage(self) -> None:
        """Break things until the time is up or each fault has had its times; when it returns, everything is whole."""
        self._began = time.monotonic()
        async with at_once() as group:
            for number, recurring in enumerate(self.faults):
                random = Random(f"{self.seed}/{number}")
                group.create_task(self._repeat(recurring, random))

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None]:
        """Start again what ended by itself, as an orchestrator does, while the block runs."""

        async def watch() -> None:
            while True:
                for name, status in self.processes.ended().items():
                    async with self.processes.alone_with(name):
                        await self.processes.start(name)
                    self._note(ENDED, f"{name}, status {status}", self._elapsed())
                await asyncio.sleep(_LOOK_SECONDS)

        async with at_once() as group:
            watcher = group.create_task(watch())
            try:
                yield
            finally:
                watcher.cancel()

    async def _repeat(self, recurring: Recurring, random: Random) -> None:
        due, done = recurring.every, 0
        while due < self.seconds and done != recurring.times:
            await asyncio.sleep(max(0.0, due - self._elapsed()))
            if self._elapsed() >= self.seconds:
                return
            at = self._elapsed()
            self._note(recurring.fault.kind, await recurring.fault.inflict(random), at)
            due, done = max(due + recurring.every, self._elapsed()), done + 1

    def _note(self, kind: str, subject: str, at: float) -> None:
        injected = Injected(kind, subject, at, self._elapsed())
        self.injected.append(injected)
        self.report(injected)

    def _elapsed(self) -> float:
        return time.monotonic() - self._began
