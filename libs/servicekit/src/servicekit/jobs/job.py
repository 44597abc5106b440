"""Timed jobs: what they are and when they are due (operations.md, "Jobs")."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cronsim import CronSim, CronSimError

from servicekit.clock import Clock
from servicekit.db import Database

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a run did: how many things, and whatever else is worth keeping with the run (plain JSON values)."""

    count: int
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job works with. In a dry run it counts what it would do and changes nothing. No company: all of them."""

    database: Database
    clock: Clock
    dry_run: bool = False
    company_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Something done by time: `every` so many seconds, or by a `cron` expression in UTC; exactly one of the two.

    `aliases` are other names that people know it by. A job that is the `sweep_of` another does the same under a lock of
    its own, so that a run of the other that hangs holds nothing up for good; while the other is paused it rests too.

    `run` opens and commits its own units and returns how many things it did. It must bear being run again over the same
    things: a crash repeats it.
    """

    name: str
    run: Callable[[JobContext], Awaitable[int | JobResult]]
    every: float | None = None
    cron: str | None = None
    aliases: tuple[str, ...] = ()
    sweep_of: str | None = None

    def __post_init__(self) -> None:
        """Refuse a job without a schedule, or with two, or with one that cannot be read."""
        if (self.every is None) == (self.cron is None):
            raise ValueError(f"{self.name} needs either every or cron")
        try:
            CronSim(self.cron or "* * * * *", _ANY_TIME)
        except CronSimError as error:
            raise ValueError(f"{self.name} has an unreadable cron expression: {error}") from None

    def due_after(self, began: datetime) -> datetime:
        """When the job is due again, having begun at `began`."""
        if self.cron is not None:
            return next(CronSim(self.cron, began))
        return began + timedelta(seconds=self.every or 0)

    @property
    def schedule(self) -> str:
        """The schedule, for a person to read."""
        return self.cron or f"every {self.every:g} s"
