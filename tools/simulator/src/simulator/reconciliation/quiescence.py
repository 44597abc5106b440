"""Waiting until the events under way have been counted, by looking and never by sleeping for luck."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from simulator.reconciliation.figures import Figure, differing

Look = Callable[[], Awaitable[Sequence[Figure]]]
"""Reads both sides once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Figures that agree must still agree `steady` later, so that an event that comes twice and late is seen. Figures that
    differ and have not moved for `still` will not agree any more; after `most` nobody waits.
    """

    steady: float = 2.0
    still: float = 20.0
    most: float = 600.0
    pause: float = 0.5


async def until_quiescent(
    look: Look, patience: Patience, looked: Callable[[Sequence[Figure]], None] = lambda _: None
) -> Sequence[Figure]:
    """Look until the figures come to rest and return the last look, whether it agrees or not.

    `looked` is called with each look, for whoever watches.
    """
    now = asyncio.get_running_loop().time
    began = moved = now()
    figures: Sequence[Figure] = ()
    while True:
        seen = await look()
        if seen != figures:
            figures, moved = seen, now()
        looked(figures)
        rest = patience.still if differing(figures) else patience.steady
        if now() - moved >= rest or now() - began >= patience.most:
            return figures
        await asyncio.sleep(patience.pause)
