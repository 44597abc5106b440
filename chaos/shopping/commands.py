"""Sending one command until its answer is known, and writing it into the ledger."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from uuid import uuid4

from cartwheel_client import CartwheelError, Problem, RateLimited

from chaos.ledger import Entry, Ledger, Seen
from chaos.shopping.pace import Pace

T = TypeVar("T")

_MAY_PASS: Final = frozenset({"CONFLICT", "IDEMPOTENCY_IN_PROGRESS"})
"""409s that ask for the same call again."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.0


class NotAccepted(Exception):
    """The command was refused, or never answered: the shopper gives this cart up."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Sends commands at the run's pace; after `patience` seconds without an answer one counts as unknown."""

    ledger: Ledger
    pace: Pace
    patience: float

    async def send(self, entry: Entry, call: Callable[[str], Awaitable[T]], seen: Callable[[T], Seen]) -> T:
        """Call with the entry's key until there is an answer, and write the entry as it ended.

        `seen` reads the answer. Raises NotAccepted.
        """
        await self.pace.turn()
        loop, pause = asyncio.get_running_loop(), _FIRST_PAUSE
        deadline, attempts = loop.time() + self.patience, 0
        while True:
            attempts += 1
            try:
                answer = await call(entry.key)
            except CartwheelError as failure:
                if not _may_pass(failure):
                    self.ledger.write(replace(entry, outcome="refused", attempts=attempts, code=_code(failure)))
                    raise NotAccepted(str(failure)) from failure
                if loop.time() > deadline:
                    self.ledger.write(replace(entry, outcome="unknown", attempts=attempts, code=_code(failure)))
                    raise NotAccepted(str(failure)) from failure
            else:
                known = seen(answer)
                cart_id = entry.cart_id or known.cart_id
                self.ledger.write(replace(entry, cart_id=cart_id, attempts=attempts, seen=known))
                return answer
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


def new_key() -> str:
    """An Idempotency-Key that nobody has used."""
    return str(uuid4())


def _may_pass(failure: CartwheelError) -> bool:
    """Silence, 5xx and 429 pass; of refusals those that ask for the same call again."""
    if isinstance(failure, Problem):
        return failure.status >= 500 or isinstance(failure, RateLimited) or failure.code in _MAY_PASS
    return True


def _code(failure: CartwheelError) -> str:
    return (failure.code or str(failure.status)) if isinstance(failure, Problem) else type(failure).__name__
