"""One of the two databases with an api of its own, and what is asked of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cart.staff.service import fold_counts
from servicekit.db import Database

from bench.api_processes import ApiProcesses
from bench.growth.databases import looking_into
from bench.growth.finder import find
from bench.growth.staff import lists, numbers
from bench.load.closed import closed_loop
from bench.plan import Plan
from bench.result import Load, Measurement
from bench.session import Session

ROUNDS = 3
"""How often each operation is measured, by turns with the other side: what else the machine does meets both."""
BUSIEST = 700
"""Requests a second that one connection may come to."""


def interval(plan: Plan) -> int:
    """The seconds of one measurement of a round."""
    return max(2, plan.seconds // ROUNDS)


@dataclass(frozen=True, slots=True)
class Requests:
    """What is read, and what is added by turns, each round's apart: the limiter lets a session add so many a minute."""

    reads: Sequence[bytes]
    adds: Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Side:
    """Where its rows are called by how many carts it has."""

    where: str
    session: Session
    apis: ApiProcesses
    database: Database
    requests: Requests
    pages: Sequence[bytes]

    @classmethod
    async def of(
        cls, session: Session, name: str, apis: ApiProcesses, database: Database, requests: Requests
    ) -> "Side":
        """One database, whose planner knows what is in it."""
        async with looking_into(session, name) as connection:
            await connection.execute("VACUUM (ANALYZE)")
            await connection.execute("CHECKPOINT")
            where = f"{await connection.fetchval('SELECT count(*) FROM carts'):,} carts"
            return cls(where, session, apis, database, requests, await lists(session, connection))

    def operations(self, turn: int) -> dict[str, Callable[[], Awaitable[Measurement]]]:
        """What is measured in a round, by its name."""
        return {
            "get cart": lambda: self._closed("get cart", self.requests.reads),
            "admin list": lambda: self._closed("admin list", self.pages),
            "stats": lambda: self._closed("stats", numbers(self.session)),
            "find due": lambda: self._measured("find due", find(self.database, interval(self.session.plan))),
            "add item": lambda: self._closed("add item", self.requests.adds[turn]),
        }

    async def fold(self) -> None:
        """Add up the counts that staff's numbers come from, as a worker would have."""
        await fold_counts(self.database, dry_run=False)

    async def _closed(self, operation: str, requests: Sequence[bytes]) -> Measurement:
        file = self.session.write(requests)
        seconds = interval(self.session.plan)
        load = closed_loop(self.apis.address, file, connections=1, seconds=seconds)
        return await self._measured(operation, load)

    async def _measured(self, operation: str, load: Awaitable[Load]) -> Measurement:
        return await self.session.take(self.where, operation, "closed, 1", load, api=self.apis.pids)
