"""The primary of PostgreSQL is lost, its standby takes over, and the lost one comes back as its standby."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from localservers.failover import make_synchronous, promote

from chaos.processes import Processes


@dataclass(frozen=True, slots=True)
class FailOver:
    """Ends the primary and keeps it ended (it is fenced), promotes the standby, and makes a standby of the lost one.

    `primary` is the name of whichever it is, which changes: other faults look there. `hosts` are the addresses of the
    two by name.
    """

    processes: Processes
    primary: list[str]
    hosts: Mapping[str, str]
    kind: str = "PostgreSQL's primary lost, standby promoted, lost one rewound to follow"

    async def inflict(self, random: Random) -> str:
        """Kill, promote, rewind; until the new standby streams, commits are on the new primary alone."""
        [lost] = self.primary
        [standby] = [name for name in self.hosts if name != lost]
        async with self.processes.alone_with(lost), self.processes.alone_with(standby):
            await self.processes.kill(lost)
            await promote(self.hosts[standby])
            self.primary[:] = [standby]
            await self.processes.rejoin(lost, standby, self.hosts[standby])
            await make_synchronous(self.hosts[standby])
        return f"{lost} lost, {standby} promoted, {lost} its standby"
