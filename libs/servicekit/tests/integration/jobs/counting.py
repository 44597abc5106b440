"""Jobs that note when they ran."""

from datetime import UTC, datetime
from uuid import uuid4

from servicekit.jobs.job import Job, JobContext

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def counting(runs: list[datetime], **schedule: float | str) -> Job:
    """A job that notes when it ran; its name is its own, so its record is too."""

    async def run(context: JobContext) -> int:
        runs.append(context.clock.now())
        return len(runs)

    return Job(f"count-{uuid4().hex[:8]}", run, **schedule)  # type: ignore[arg-type]  # every or cron
