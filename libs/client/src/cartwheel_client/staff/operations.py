"""Timed jobs and dead letters of each service."""

from dataclasses import dataclass
from uuid import UUID

from cartwheel_client.connection import Connection, Repeating
from cartwheel_client.models.cart import DeadLetterView, DeadLetterViewPage, JobRunView, JobViewPage, ReplayView


@dataclass(frozen=True, slots=True)
class Operations:
    """What keeps the platform going; `service` is its name, such as "cart"."""

    connection: Connection

    async def list_jobs(self, service: str) -> JobViewPage:
        """Every timed job, and how it last went."""
        return await self.connection.read(JobViewPage, f"{_root(service)}/jobs")

    async def run_job(self, service: str, name: str, *, dry_run: bool = False) -> JobRunView:
        """Run a job by hand, or say what it would do; for the platform's own people."""
        path = f"{_root(service)}/jobs/{name}/run"
        query = {"dryRun": dry_run}
        return await self.connection.change(JobRunView, "POST", path, repeating=Repeating.NEVER, query=query)

    async def list_dead_letters(
        self, service: str, *, limit: int | None = None, cursor: str | None = None
    ) -> DeadLetterViewPage:
        """A page of the messages that could not be handled."""
        path = f"{_root(service)}/dead-letters"
        return await self.connection.read(DeadLetterViewPage, path, limit=limit, cursor=cursor)

    async def replay_dead_letter(self, service: str, dead_letter_id: UUID) -> DeadLetterView:
        """Let a message be handled once more."""
        path = f"{_root(service)}/dead-letters/{dead_letter_id}/replay"
        return await self.connection.change(DeadLetterView, "POST", path, repeating=Repeating.NEVER)

    async def replay_dead_letters(
        self, service: str, *, queue: str | None = None, event_type: str | None = None, reason: str | None = None
    ) -> ReplayView:
        """Let all messages be handled once more, or those of a queue, of a type, or with this in their error.

        A call takes 15 s at most: repeat it until the answer `is_complete`.
        """
        query = {"queue": queue, "type": event_type, "reason": reason}
        path = f"{_root(service)}/dead-letters/replay"
        return await self.connection.change(ReplayView, "POST", path, repeating=Repeating.ALWAYS, query=query)


def _root(service: str) -> str:
    return f"/api/admin/ops/{service}"
