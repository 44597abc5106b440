"""Jobs that rest: a row for each that does not run by its schedule until somebody resumes it."""

from datetime import datetime

from servicekit.db import Unit


async def pause(unit: Unit, name: str, at: datetime) -> None:
    """Let a job rest from `at`; one that rests already goes on doing so."""
    await unit.execute("INSERT INTO job_pauses (name, paused_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, at)


async def resume(unit: Unit, name: str) -> None:
    """Let a job run by its schedule again; idempotent."""
    await unit.execute("DELETE FROM job_pauses WHERE name = $1", name)


async def paused(unit: Unit) -> dict[str, datetime]:
    """Since when each job rests that does, by its name."""
    return {row["name"]: row["paused_at"] for row in await unit.fetch("SELECT name, paused_at FROM job_pauses")}
