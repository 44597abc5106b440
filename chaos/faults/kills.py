"""Processes that end without a word, or stand still as on a machine that swaps."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chaos.processes import Processes


@dataclass(frozen=True, slots=True)
class Kill:
    """kill -9 of one of these processes, which is started again at once, as an orchestrator does."""

    processes: Processes
    names: Sequence[str]
    kind: str

    async def inflict(self, random: Random) -> str:
        """Kill one that no other fault has in its hands."""
        name = random.choice([name for name in self.names if self.processes.is_free(name)] or self.names)
        async with self.processes.alone_with(name):
            await self.processes.kill(name)
            await self.processes.start(name)
        return name


@dataclass(frozen=True, slots=True)
class StandStill:
    """SIGSTOP of one of these processes for some seconds."""

    processes: Processes
    names: Sequence[str]
    kind: str
    seconds: float

    async def inflict(self, random: Random) -> str:
        """Stop one and let it go on."""
        name = random.choice([name for name in self.names if self.processes.is_free(name)] or self.names)
        async with self.processes.alone_with(name), self.processes.standing_still(name):
            await asyncio.sleep(self.seconds)
        return f"{name}, {self.seconds:.0f} s"
