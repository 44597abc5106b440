"""The record of each job's last run, one row a job."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicekit.db import Unit

_COLUMNS = "name, started_at, finished_at, duration_seconds, count, details, error, runs, failures"
_RECORD = """
INSERT INTO job_runs (name, started_at, finished_at, duration_seconds, count, details, error, runs, failures)
VALUES ($1, $2, $3, $4, $5, $6, $7, 1, ($7::text IS NOT NULL)::int)
ON CONFLICT (name) DO UPDATE SET
    started_at = excluded.started_at, finished_at = excluded.finished_at,
    duration_seconds = excluded.duration_seconds, count = excluded.count, details = excluded.details,
    error = excluded.error, runs = job_runs.runs + 1, failures = job_runs.failures + excluded.failures
"""

_STANDING = """
SELECT (SELECT started_at FROM job_runs WHERE name = $1) AS began,
       EXISTS (SELECT FROM job_pauses WHERE name IN ($1, $2)) AS is_paused
"""


@dataclass(frozen=True, slots=True)
class JobRun:
    """How a job's last run went; failed, it has an `error` and no `count`. `runs` and `failures` are totals."""

    name: str
    started_at: datetime
    finished_at: datetime | None
    duration_seconds: float | None
    count: int | None
    details: dict[str, Any]
    error: str | None
    runs: int = 0
    failures: int = 0


async def last_runs(unit: Unit) -> dict[str, JobRun]:
    """Every job's last run, by its name."""
    return {row["name"]: JobRun(**row) for row in await unit.fetch(f"SELECT {_COLUMNS} FROM job_runs")}


@dataclass(frozen=True, slots=True)
class Standing:
    """When a job last began, None when it never ran, and whether it is paused."""

    began: datetime | None
    is_paused: bool


async def standing(unit: Unit, name: str, sweep_of: str | None = None) -> Standing:
    """Whether and since when a job has to wait; the sweep of another waits with it."""
    [row] = await unit.fetch(_STANDING, name, sweep_of)
    return Standing(**row)


async def record(unit: Unit, run: JobRun) -> None:
    """Replace a job's last run by this one, and count it."""
    await unit.execute(
        _RECORD, run.name, run.started_at, run.finished_at, run.duration_seconds, run.count, run.details, run.error
    )
