"""What a service is made of, named in one place: its main.py fills this in, the CLI runs it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from fastapi import FastAPI
from sqlalchemy import MetaData

from servicekit.jobs.job import Job
from servicekit.jobs.maintenance import maintenance_jobs
from servicekit.jobs.runner import JobRunner
from servicekit.messaging.relay import Observer
from servicekit.messaging.republishing import PublishedState
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.process.kit import Kit
from servicekit.settings import SettingsT

PartsT = TypeVar("PartsT")

OpenParts = Callable[[Kit[SettingsT, None]], AbstractAsyncContextManager[PartsT]]
"""Entered once the chassis is open, left before it closes: makes a service's own clients, caches and use cases."""


@dataclass(frozen=True, slots=True)
class Service(Generic[SettingsT, PartsT]):
    """One deployable service and its two roles, api and worker."""

    name: str
    settings: type[SettingsT]
    metadata: MetaData
    migrations: Path
    create_app: Callable[[SettingsT], FastAPI]
    """Makes the api from settings of the class above."""
    subscriptions: Subscriptions[PartsT] | None = None
    open_parts: OpenParts[SettingsT, PartsT] | None = None
    """Makes the parts of a process of either role; a service without parts has none, and `PartsT` is None."""
    jobs: Callable[[Kit[SettingsT, PartsT]], Sequence[Job]] = field(default=lambda kit: ())
    republish: PublishedState | None = None
    """What `republish` publishes again, for other services' replicas."""
    observe_outbox: Callable[[Kit[SettingsT, PartsT]], Observer] | None = None
    """What a worker's relay gives the rows to that it finds, for hints to the service's other processes."""

    @asynccontextmanager
    async def complete(self, kit: Kit[SettingsT, None]) -> AsyncGenerator[Kit[SettingsT, PartsT]]:
        """The kit with the service's parts, which are closed at the end."""
        if self.open_parts is None:
            yield cast("Kit[SettingsT, PartsT]", kit)  # PartsT is None
        else:
            async with self.open_parts(kit) as parts:
                yield kit.with_parts(parts)

    def job_runner(self, kit: Kit[SettingsT, PartsT]) -> JobRunner:
        """What runs the service's jobs and the chassis' own."""
        return JobRunner(kit.database, (*self.jobs(kit), *maintenance_jobs()))


AnyService = Service[Any, Any]
"""Any service, for what only names, starts or lists it."""
