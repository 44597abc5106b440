"""Processes that end without a word, or stand still as on a machine that swaps."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from chaos.processes import Processes


@dataclass(frozen=True, slots=True)
class Kill:
    """kill -9 of one of these processes, which is started again at once, as an orchestrator does.

    `names` may change: a process that is not in it any more is left alone.
    """

    processes: Processes
    names: Sequence[str]
    kind: str

    async def inflict(self, random: Random) -> str:
        """Kill one that no other fault has in its hands."""
        name = _chosen(self.processes, self.names, random)
        async with self.processes.alone_with(name):
            if name not in self.names:
                return f"{name}, which was lost meanwhile"
            await self.processes.kill(name)
            await self.processes.start(name)
        return name


@dataclass(frozen=True, slots=True)
class StandStill:
    """SIGSTOP of one of these processes for some seconds; `names` may change, as for Kill."""

    processes: Processes
    names: Sequence[str]
    kind: str
    seconds: float

    async def inflict(self, random: Random) -> str:
        """Stop one and let it go on."""
        name = _chosen(self.processes, self.names, random)
        async with self.processes.alone_with(name), self.processes.standing_still(name):
            await asyncio.sleep(self.seconds)
        return f"{name}, {self.seconds:.0f} s"


def _chosen(processes: Processes, names: Sequence[str], random: Random) -> str:
    """One that no fault has in its hands, if there is one."""
    return random.choice([name for name in names if processes.is_free(name)] or list(names))
