"""Recovery's worker dies around the sending of a mail: at each of the moments that could lose or double it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Final

from cartwheel_local.services import service_ports
from localservers.home import Home
from localservers.ports import reserve_port

from chaos.ambush import Ambush, Moment
from chaos.between import Between, ByOtherWays
from chaos.faults.fault import Recurring
from chaos.processes import Processes

WORKER: Final = "recovery-worker"
_EVERY_SECONDS: Final = 0.5
_MOST_PASSING: Final = 3


@dataclass(slots=True)
class Ambushes:
    """What recovery's worker reaches cart and the mail provider through; there once the stack runs."""

    cart: Ambush | None = None
    provider: Ambush | None = None

    @asynccontextmanager
    async def laid(self, home: Home) -> AsyncGenerator[Between]:
        """Lay both before the stack of this home starts."""
        cart = f"http://127.0.0.1:{service_ports(home)['cart-api']}"
        provider = f"http://127.0.0.1:{reserve_port(home, 'aws')}"
        self.cart, self.provider = Ambush(cart), Ambush(provider)
        async with self.cart.laid() as to_cart, self.provider.laid() as to_provider:
            ways = {cart: to_cart, provider: to_provider}
            yield Between(ByOtherWays(lambda process: ways if process == WORKER else {}))

    def faults(self, processes: Processes, kills: int) -> Sequence[Recurring]:
        """So many kills in all, in turn at each moment; call it when the ambushes are laid."""
        turn = asyncio.Lock()
        points: list[tuple[Ambush | None, Moment, str]] = [
            (self.cart, "before", "before a mail is reserved"),
            (self.provider, "before", "before the provider has the mail"),
            (self.provider, "between", "when the provider has the mail, before it has answered"),
            (self.provider, "after", "when the provider has answered"),
        ]
        shares = [kills // len(points) + (number < kills % len(points)) for number in range(len(points))]
        return [
            Recurring(_KillAround(processes, ambush, moment, f"worker killed {kind}", turn), _EVERY_SECONDS, share)
            for (ambush, moment, kind), share in zip(points, shares, strict=True)
            if ambush is not None and share
        ]


@dataclass(frozen=True, slots=True)
class _KillAround:
    """kill -9 at one moment of a call of the worker's; one at a time."""

    processes: Processes
    ambush: Ambush
    moment: Moment
    kind: str
    turn: asyncio.Lock

    async def inflict(self, random: Random) -> str:
        """Let a few calls pass, and kill the worker in the next."""
        passing = random.randint(0, _MOST_PASSING)
        async with self.turn:
            await self.ambush.strike(self.moment, passing, self._kill)
        return f"{WORKER}, in call {passing + 1}"

    async def _kill(self) -> None:
        async with self.processes.alone_with(WORKER):
            await self.processes.kill(WORKER)
            await self.processes.start(WORKER)
