"""What a service is made of, named in one place: its main.py fills this in, the CLI runs it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import MetaData

from servicekit.db import Unit
from servicekit.jobs.job import Job
from servicekit.jobs.maintenance import maintenance_jobs
from servicekit.jobs.runner import JobRunner
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.process.kit import Kit
from servicekit.settings import ServiceSettings

OnStart = Callable[[Kit], AbstractAsyncContextManager[object]]
"""Entered once the chassis is open, left before it closes: a service's own clients and caches, kept in `kit.own`."""

Republish = Callable[[Unit, UUID | None], Awaitable[int]]
"""Writes the current state as events into the outbox, of one company or all; says how many. Idempotent."""


@dataclass(frozen=True, slots=True)
class Service:
    """One deployable service and its two roles, api and worker."""

    name: str
    settings: type[ServiceSettings]
    metadata: MetaData
    migrations: Path
    create_app: Callable[[Any], FastAPI]
    """Makes the api from settings of the class above."""
    subscriptions: Subscriptions | None = None
    on_start: OnStart | None = None
    """What both roles open beside the chassis."""
    jobs: Callable[[Kit], Sequence[Job]] = field(default=lambda kit: ())
    republish: Republish | None = None

    def job_runner(self, kit: Kit) -> JobRunner:
        """What runs the service's jobs and the chassis' own."""
        return JobRunner(kit.database, (*self.jobs(kit), *maintenance_jobs()))
