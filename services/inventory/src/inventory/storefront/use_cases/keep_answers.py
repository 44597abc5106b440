"""Answers that are made once for many requests, each until the company's catalogue changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic
from typing import Final, Protocol
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.db.units import TenantUnitContext

from inventory.catalogue import repository

VERSION_SECONDS: Final = 1.0
"""How long a company's version is taken to be what it was: a change is shown this much later at most."""
ANSWER_SECONDS: Final = 10.0
"""How long an answer is kept whatever its version: stock moves without raising it."""
MAX_BYTES: Final = 32 * 1024 * 1024
"""What all kept answers of a process may weigh; the one that was asked for longest ago goes first."""

Make = Callable[[TenantUnit], Awaitable[bytes]]


class Units(Protocol):
    """What begins a transaction of a company; `Database` has it."""

    def unit(self, company_id: UUID) -> TenantUnitContext:
        """Begin a transaction of one company."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A body with the tag that it alone has, the version that it is of and when it was made."""

    body: bytes
    tag: str
    version: int
    made_at: float


class KeptAnswers:
    """The answers that one process keeps, by company and what was asked; each process asks for versions by itself.

    Requests for the same at the same time wait for one that makes it. A failure is kept by nobody.
    """

    def __init__(self, database: Units, *, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = monotonic) -> None:
        self._database, self._max_bytes, self._clock = database, max_bytes, clock
        self._answers: OrderedDict[tuple[UUID, Hashable], KeptAnswer] = OrderedDict()
        self._versions: OrderedDict[UUID, tuple[int, float]] = OrderedDict()
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._bytes = 0

    async def get(self, company_id: UUID, question: Hashable, make: Make) -> KeptAnswer:
        """What was asked of a company, made by `make` in a transaction of the company unless it is kept."""
        key = (company_id, question)
        kept = self._valid(key)
        if kept is not None:
            return kept
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                return self._valid(key) or await self._renewed(key, make)
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    def _valid(self, key: tuple[UUID, Hashable]) -> KeptAnswer | None:
        kept, known = self._answers.get(key), self._versions.get(key[0])
        now = self._clock()
        if kept is None or known is None or now - known[1] >= VERSION_SECONDS:
            return None
        if kept.version != known[0] or now - kept.made_at >= ANSWER_SECONDS:
            return None
        self._answers.move_to_end(key)
        return kept

    async def _renewed(self, key: tuple[UUID, Hashable], make: Make) -> KeptAnswer:
        """The answer that is still good for the version in the database, or another; the version is read first."""
        company_id, _ = key
        now = self._clock()
        async with self._database.unit(company_id) as unit:
            version = await repository.version(unit)
            kept = self._answers.get(key)
            if kept is None or kept.version != version or now - kept.made_at >= ANSWER_SECONDS:
                body = await make(unit)
                kept = KeptAnswer(body, f'"{blake2b(body, digest_size=12).hexdigest()}"', version, now)
                self._keep(key, kept)
        self._note_version(company_id, version, now)
        return kept

    def _note_version(self, company_id: UUID, version: int, now: float) -> None:
        self._versions[company_id] = (version, now)
        self._versions.move_to_end(company_id)
        while now - next(iter(self._versions.values()))[1] >= VERSION_SECONDS:
            self._versions.popitem(last=False)

    def _keep(self, key: tuple[UUID, Hashable], answer: KeptAnswer) -> None:
        self._forget(self._answers.pop(key, None))
        self._answers[key] = answer
        self._bytes += len(answer.body)
        while self._bytes > self._max_bytes and len(self._answers) > 1:
            self._forget(self._answers.popitem(last=False)[1])

    def _forget(self, answer: KeptAnswer | None) -> None:
        if answer is not None:
            self._bytes -= len(answer.body)
