"""How an import gives way to shoppers, whose requests its process and its database serve too."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final, Protocol
from uuid import UUID

from servicekit.db.units import TenantUnitContext

LONGEST_REST_SECONDS: Final = 2.0
_GLANCE_SECONDS: Final = 0.02


class Shared(Protocol):
    """What an import asks of the database that it shares with others; `Database` has it."""

    tenant_units: int

    @property
    def is_busy(self) -> bool:
        """Whether the next unit has to wait for a connection."""

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Begin a transaction of one company."""


class Pace:
    """The import's work and rest on a database: its units are begun here, so that those of others can be told apart.

    An import that nobody meets goes as fast as it can. Beside others it has half of what there is, and nothing while
    every connection is in use, for LONGEST_REST_SECONDS at most: it goes on under any load. Others are those of this
    process: a command's import gives way by its short transactions alone.
    """

    def __init__(
        self,
        database: Shared,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._database = database
        self._sleep = sleep
        self._clock = clock
        self._begin()

    def _begin(self) -> None:
        self._own = 0
        self._seen = self._database.tenant_units
        self._began = self._clock()

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Begin a transaction of the import's own."""
        self._own += 1
        return self._database.unit(company_id)

    async def rest(self) -> None:
        """After a batch, leave process and database to others, if there were any since the last rest."""
        if self._database.tenant_units - self._seen > self._own:
            await self._rest(min(self._clock() - self._began, LONGEST_REST_SECONDS))
        self._begin()

    async def _rest(self, seconds: float) -> None:
        """As long as the work took, and while requests wait for connections."""
        await self._sleep(seconds)
        while self._database.is_busy and seconds < LONGEST_REST_SECONDS:
            await self._sleep(_GLANCE_SECONDS)
            seconds += _GLANCE_SECONDS
