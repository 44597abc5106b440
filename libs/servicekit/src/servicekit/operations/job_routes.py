"""Operations of a service over HTTP: its timed jobs, and beside them its dead letters (operations.md)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request

from servicekit.auth.caller import Caller
from servicekit.errors import Conflict409, NotFound404, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.http.bodies import View
from servicekit.http.paging import Page
from servicekit.jobs.runner import JobIsRunning, JobRunner, UnknownJob
from servicekit.operations.dead_letter_routes import add_dead_letters
from servicekit.process.kit import Kit, kit_of
from servicekit.routes.audits import AuditDep, AuditSubject
from servicekit.routes.callers import Admin, Platform
from servicekit.routes.rate_limits import STAFF_CHANGES

JOB = AuditSubject("job", "name")

RunnerOf = Callable[[Kit[Any, Any]], JobRunner]
"""Makes what runs the jobs of the service, from the process' kit."""

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


DryRun = Annotated[
    str | None,
    Query(alias="dryRun", pattern="^(true|false)?$", description="Count what would be done, and change nothing."),
]


def router(service: str, runner: RunnerOf) -> APIRouter:
    """The routes of one service, whose jobs `runner` runs."""
    routes = APIRouter(prefix=f"/api/admin/ops/{service}", tags=["operations"])
    _add_jobs(routes, runner)
    add_dead_letters(routes)
    return routes


def _add_jobs(routes: APIRouter, runner: RunnerOf) -> None:
    @routes.get("/jobs", response_model=Page[JobView], responses=problems(ServiceUnavailable503))
    async def list_jobs(request: Request, caller: Admin) -> Json:
        """Every timed job of the service with its last run."""
        jobs = runner(kit_of(request))
        last = await jobs.last_runs()
        views = [_job_view(job.name, job.schedule, last.get(job.name), caller) for job in jobs]
        return Json({"items": views, "nextCursor": None})

    @routes.post(
        "/jobs/{name}/run",
        response_model=JobRunView,
        responses=problems(NotFound404, Conflict409, ServiceUnavailable503),
        dependencies=[STAFF_CHANGES, JOB.audited("run")],
    )
    async def run_job(
        request: Request,
        _: Platform,
        audit: AuditDep,
        name: Annotated[str, Path(max_length=100)],
        dry_run: DryRun = None,
    ) -> Json:
        """Run a job now, over all companies; 409 while it runs elsewhere. Running one again does no harm."""
        dry = dry_run in ("", "true")
        if dry:
            audit.needs_none()
        try:
            before = None if dry else partial(audit.record_alone, name)
            result = await runner(kit_of(request)).run(name, dry_run=dry, before=before)
        except UnknownJob:
            raise NotFound404 from None
        except JobIsRunning:
            raise Conflict409 from None
        return Json(JobRunView(name=name, dry_run=dry, count=result.count, details=result.details))


def _job_view(name: str, schedule: str, last: Any, caller: Caller) -> JobView:
    if last is None:
        return JobView(name=name, schedule=schedule)
    hidden = () if caller.kind == "platform" else _OVER_ALL_COMPANIES
    known = JobView.model_fields.keys() - {"name", "schedule", *hidden}
    return JobView(name=name, schedule=schedule, **{field: getattr(last, field) for field in known})
