"""The one way in which the stock that a cart holds is changed (ADR 0019): marked, requested, noted.

The mark and its fence are committed before inventory is called, and no transaction is open while it answers. Until the
change is noted the mark keeps every other change of the cart away. A call that went unanswered may have been done:
then the mark stays, and `resolve_changes` or the next change makes hold and cart fit again, under a higher fence.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeVar
from uuid import UUID

import structlog
from contracts.inventory_calls import HoldState
from servicekit.db import Database, TenantUnit
from servicekit.errors import ServiceError
from servicekit.upstream.errors import RemoteProblem

from cart import errors
from cart.clients import StockHolds
from cart.holds import repository
from cart.holds.domain import HoldRequest
from cart.holds.repository import UNKNOWN_VERSION, HoldVersion

LEASE_SECONDS = 10.0
"""How long a change may take before it is taken for lost; a call has 2 s."""
WAIT_SECONDS = 2.0
"""How long a change waits for another one of the same cart."""
LOOK_SECONDS = 0.05
"""How often it looks whether that is over; each time it has a connection for a moment."""

log = structlog.get_logger(__name__)

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)


class StockChange(Protocol[ResultT_co]):
    """A change of a cart for which stock has to move."""

    async def judge(self, unit: TenantUnit) -> HoldRequest | ResultT_co:
        """Lock the cart, raise every refusal, and return what is to be requested; or the result, if nothing is.

        Raises HoldChanging while another change of the hold is under way; it is called again then.
        """

    async def save(self, unit: TenantUnit, state: HoldState) -> ResultT_co:
        """Make the change. The cart is locked and as it was judged; the hold that it has now is noted on it."""


@dataclass(frozen=True, slots=True)
class HoldChanger:
    """Changes holds; one for the life of the process."""

    database: Database
    stock: StockHolds

    async def run(self, company_id: UUID, change: StockChange[ResultT]) -> ResultT:
        """Make the change, with units of its own; to be called while the caller has none open.

        Raises what judging raises, inventory's refusal (nothing is changed), and ServiceUnavailable503 when inventory
        does not answer: then the cart is not changed, and its hold is made to fit it again.
        """
        judged = await self._judge(company_id, change)
        if not isinstance(judged, _Marked):
            return judged
        try:
            state = await self.stock.request(judged.request, judged.fence)
        except (ServiceError, RemoteProblem) as error:
            await self._end(judged, refused=not isinstance(error, ServiceError) or error.status < 500)
            raise
        try:
            async with self.database.unit(company_id) as unit:
                return await self._save(unit, judged, state, change)
        except Exception:
            await self._end(judged, refused=False)
            raise

    async def _judge(self, company_id: UUID, change: StockChange[ResultT]) -> "_Marked | ResultT":
        deadline = monotonic() + WAIT_SECONDS
        while True:
            try:
                async with self.database.unit(company_id) as unit:
                    judged = await change.judge(unit)
                    if isinstance(judged, HoldRequest):
                        return _Marked(judged, await repository.begin_change(unit, judged, LEASE_SECONDS))
                    return judged
            except errors.HoldChanging:
                if monotonic() >= deadline:
                    raise
            await asyncio.sleep(LOOK_SECONDS)

    async def _save(
        self, unit: TenantUnit, marked: "_Marked", state: HoldState, change: StockChange[ResultT]
    ) -> ResultT:
        if not await repository.finish_change(unit, marked.request.cart_id, marked.fence):
            raise errors.HoldChanging
        await _note(unit, marked.request.cart_id, state)
        return await change.save(unit, state)

    async def _end(self, marked: "_Marked", *, refused: bool) -> None:
        """Take the mark off a change that is known to have moved nothing; any other is left to be resolved, at once."""
        cart_id, fence = marked.request.cart_id, marked.fence
        try:
            async with self.database.unit(marked.request.company_id) as unit:
                if refused and not marked.request.takes_over:
                    await repository.finish_change(unit, cart_id, fence)
                else:
                    await repository.give_up_change(unit, cart_id, fence)
        except Exception as fault:  # the lease ends by itself, and what the caller is told is the first error
            log.warning("hold_change_left", cart_id=str(cart_id), error=type(fault).__name__)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A request that is marked on its cart, under its fence."""

    request: HoldRequest
    fence: int


async def _note(unit: TenantUnit, cart_id: UUID, state: HoldState) -> None:
    """Show the hold on the cart at once; the event that follows repeats it."""
    if state.hold_id is not None:
        hold = HoldVersion(state.hold_id, UNKNOWN_VERSION, state.status, state.expires_at)
        await repository.keep(unit, cart_id, hold)
