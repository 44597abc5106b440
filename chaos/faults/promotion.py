"""The primary of PostgreSQL is lost for good, and its standby takes over."""

from dataclasses import dataclass
from random import Random

import asyncpg

from chaos.processes import Processes
from chaos.servers import Standby

_PROMOTE = "SELECT pg_promote(true, 60)"


@dataclass(frozen=True, slots=True)
class Promote:
    """Ends the primary and keeps it ended (it is fenced), and makes the standby the primary.

    `primary` is the name of whichever it is, which changes: other faults look there.
    """

    processes: Processes
    primary: list[str]
    standby: Standby
    kind: str = "PostgreSQL's primary lost, standby promoted"

    async def inflict(self, random: Random) -> str:
        """Kill and promote; once, for there is no second standby."""
        [lost] = self.primary
        if lost == self.standby.name:
            return "nothing, it was before"
        async with self.processes.alone_with(lost):
            await self.processes.kill(lost)
            connection = await asyncpg.connect(self.standby.url)
            try:
                await connection.execute(_PROMOTE)
            finally:
                await connection.close()
            self.primary[:] = [self.standby.name]
        return f"{lost} lost, {self.standby.name} promoted"
