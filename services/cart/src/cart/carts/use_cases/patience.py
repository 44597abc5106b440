"""Waiting for a change of a cart's hold that is under way, where a use case has to be begun anew for it."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

from servicekit.db import TenantUnit

from cart import errors
from cart.holds.use_cases.change_hold import LOOK_SECONDS, WAIT_SECONDS

ResultT = TypeVar("ResultT")


async def when_no_hold_changes(unit: TenantUnit, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """What the attempt answers; it is made again while it raises HoldChanging, for two seconds, then that is raised.

    Each is the unit's first: what an earlier one wrote, such as a reserved Idempotency-Key, is undone. Between them the
    unit is suspended. To be called with nothing written in the unit.
    """
    deadline = monotonic() + WAIT_SECONDS
    while True:
        try:
            return await attempt()
        except errors.HoldChanging:
            if monotonic() >= deadline:
                raise
        async with unit.suspended(undone=True):
            await asyncio.sleep(LOOK_SECONDS)
