"""Operations of a service over HTTP: its timed jobs and its dead letters (api.md, /api/admin/ops)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request

from servicekit.auth import Admin, Caller, Platform, admin
from servicekit.broker import PUBLISH_TIMEOUT_SECONDS, Broker, PublishFailed
from servicekit.deadletters import DeadLetter, DeadLetterNotFound, DeadLetters, ReplayRefused
from servicekit.errors import Conflict409, NotFound404, ServiceUnavailable503, problems
from servicekit.http import Json, View
from servicekit.job_runner import JobIsRunning, JobRunner, UnknownJob
from servicekit.kit import Kit, kit_of
from servicekit.maintenance import maintenance_jobs
from servicekit.paging import Limit, Page
from servicekit.service import Service

Operator = Annotated[Caller, Depends(admin("admin"))]
"""Who may replay a dead letter: admins of the company it is about, and the platform."""
_OVER_ALL_COMPANIES = ("count", "error", "details")
"""What a run says of everybody's rows: shown to the platform only (rules.md 34)."""


class JobView(View):
    """A timed job and how it last went; a run spans all companies, so what it did and why it failed is the platform's.

    For everybody else `count` and `error` are null and `details` empty.
    """

    name: str
    schedule: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_seconds: float | None = None
    count: int | None = None
    error: str | None = None
    runs: int = 0
    failures: int = 0
    details: dict[str, Any] = {}


class JobRunView(View):
    """What a run by hand did, or would have done."""

    name: str
    dry_run: bool
    count: int
    details: dict[str, Any] = {}


class DeadLetterView(View):
    """A message that could not be handled, without its body."""

    id: UUID
    queue: str
    event_id: str
    event_type: str
    handlers: str
    attempts: int
    error: str
    first_failed_at: datetime
    last_failed_at: datetime


DryRun = Annotated[
    str | None,
    Query(alias="dryRun", pattern="^(true|false)?$", description="Count what would be done, and change nothing."),
]


def router(service: Service) -> APIRouter:
    """The routes of one service."""
    routes = APIRouter(prefix=f"/api/admin/ops/{service.name}", tags=["operations"])
    _add_jobs(routes, service)
    _add_dead_letters(routes)
    return routes


def _add_jobs(routes: APIRouter, service: Service) -> None:
    @routes.get("/jobs", response_model=Page[JobView], responses=problems(ServiceUnavailable503))
    async def list_jobs(request: Request, caller: Admin) -> Json:
        """Every timed job of the service with its last run."""
        jobs = runner(service, kit_of(request))
        last = await jobs.last_runs()
        views = [_job_view(job.name, job.schedule, last.get(job.name), caller) for job in jobs]
        return Json({"items": views, "nextCursor": None})

    @routes.post(
        "/jobs/{name}/run",
        response_model=JobRunView,
        responses=problems(NotFound404, Conflict409, ServiceUnavailable503),
    )
    async def run_job(
        request: Request,
        _: Platform,
        name: Annotated[str, Path(max_length=100)],
        dry_run: DryRun = None,
    ) -> Json:
        """Run a job now, over all companies; 409 while it runs elsewhere. Running one again does no harm."""
        dry = dry_run in ("", "true")
        try:
            result = await runner(service, kit_of(request)).run(name, dry_run=dry)
        except UnknownJob:
            raise NotFound404 from None
        except JobIsRunning:
            raise Conflict409 from None
        return Json(JobRunView(name=name, dry_run=dry, count=result.count, details=result.details))


def _add_dead_letters(routes: APIRouter) -> None:
    @routes.get("/dead-letters", response_model=Page[DeadLetterView], responses=problems(ServiceUnavailable503))
    async def list_dead_letters(request: Request, caller: Admin, limit: Limit = 50) -> Json:
        """The company's dead letters, oldest failure first; the platform sees all."""
        async with _dead_letters(kit_of(request)) as letters:
            found = [letter for letter in await letters.list(limit=1000) if _may_see(caller, letter)]
        return Json({"items": [_letter_view(letter) for letter in found[:limit]], "nextCursor": None})

    @routes.post(
        "/dead-letters/{letter_id}/replay",
        response_model=DeadLetterView,
        responses=problems(NotFound404, Conflict409, ServiceUnavailable503),
    )
    async def replay_dead_letter(request: Request, caller: Operator, letter_id: UUID) -> Json:
        """Send a dead letter to its queue again; 409 when it is too old. Who handled it before will not again."""
        async with _dead_letters(kit_of(request)) as letters:
            try:
                if not _may_see(caller, await letters.show(letter_id)):
                    raise NotFound404
                return Json(_letter_view(await letters.replay(letter_id)))
            except DeadLetterNotFound:
                raise NotFound404 from None
            except ReplayRefused as refused:
                raise Conflict409(f"It cannot be replayed: {refused}.") from None


def runner(service: Service, kit: Kit) -> JobRunner:
    """The service's jobs and the chassis' own."""
    return JobRunner(kit.database, (*service.jobs(kit), *maintenance_jobs()))


@asynccontextmanager
async def _dead_letters(kit: Kit) -> AsyncGenerator[DeadLetters]:
    """The dead letters over a connection of their own: an api needs the broker for nothing else."""
    try:
        async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
            broker = await Broker.connect(kit.settings.rabbitmq_url, name=f"{kit.service} operations")
    except TimeoutError:
        raise ServiceUnavailable503 from None
    try:
        yield DeadLetters(broker, kit.service)
    except (PublishFailed, *CONNECTION_EXCEPTIONS):
        raise ServiceUnavailable503 from None
    finally:
        await broker.close()


def _may_see(caller: Caller, letter: DeadLetter) -> bool:
    """The platform sees all; a company only what is about itself, which a withheld body cannot show."""
    return caller.kind == "platform" or _company(letter) == str(caller.company_id)


def _company(letter: DeadLetter) -> object:
    try:
        envelope = orjson.loads(letter.body or b"")
    except orjson.JSONDecodeError:
        return None
    return envelope.get("companyid") if isinstance(envelope, dict) else None


def _letter_view(letter: DeadLetter) -> DeadLetterView:
    return DeadLetterView(**{name: getattr(letter, name) for name in DeadLetterView.model_fields})


def _job_view(name: str, schedule: str, last: Any, caller: Caller) -> JobView:
    if last is None:
        return JobView(name=name, schedule=schedule)
    hidden = () if caller.kind == "platform" else _OVER_ALL_COMPANIES
    known = JobView.model_fields.keys() - {"name", "schedule", *hidden}
    return JobView(name=name, schedule=schedule, **{field: getattr(last, field) for field in known})
