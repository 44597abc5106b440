"""A worker as a process: messages, timed jobs or both; its kit, its probes, and what SIGTERM does."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from enum import Enum
from functools import partial
from typing import Any

import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from servicekit.http.answers import Json
from servicekit.jobs.runner import JobRunner
from servicekit.messaging.broker import Broker
from servicekit.messaging.erasing import ChassisEraser, sealer_of_customers
from servicekit.observability import error_tracking
from servicekit.observability.ending import lasting
from servicekit.operations.health import Check, State, check, metrics_answer
from servicekit.process.kit import AnyKit, Kit
from servicekit.process.startup import running_kit
from servicekit.roles.service import PartsT, Service
from servicekit.roles.worker import Worker
from servicekit.routes.rate_limits import all_limits
from servicekit.settings import SettingsT

log = structlog.get_logger()

_LAST_WORDS_SECONDS = 5.0
"""How much longer than the grace everything may take before the process ends regardless."""

_PATIENCE_SECONDS = 5.0
"""How long a broker may keep a process that starts waiting before the log says so."""


class Duties(Enum):
    """What a worker process does."""

    MESSAGES_AND_JOBS = "messages and jobs"
    MESSAGES = "messages"
    JOBS = "jobs"


def run(
    service: Service[SettingsT, PartsT], settings: SettingsT, *, host: str, health_port: int, duties: Duties
) -> None:
    """Work until SIGTERM or SIGINT."""
    uvloop.run(_run(service, settings, host, health_port, duties))


async def _run(
    service: Service[SettingsT, PartsT], settings: SettingsT, host: str, health_port: int, duties: Duties
) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(running_kit(service.name, settings))
        probes = Probes(bare, stop, duties)
        await stack.enter_async_context(_listening(probes, host, health_port))
        kit = await stack.enter_async_context(service.complete(bare))
        if duties is not Duties.JOBS:
            probes.broker = broker = await _connected(settings.rabbitmq_url, service.name, stop)
            if broker is None:
                return
            stack.push_async_callback(broker.close)
            probes.worker = _worker(service, kit, broker)
        if duties is not Duties.MESSAGES:
            probes.jobs = service.job_runner(kit)
        await _work(_at_once(probes.worker, probes.jobs, stop), kit, stop, duties)


def _worker(service: Service[SettingsT, PartsT], kit: Kit[SettingsT, PartsT], broker: Broker) -> Worker:
    if service.subscriptions:
        service.subscriptions.bind(kit.parts, _eraser(kit))
    observe = service.observe_outbox(kit) if service.observe_outbox else None
    return Worker(service.name, kit.database, broker, subscriptions=service.subscriptions, observe=observe)


async def _at_once(worker: Worker | None, jobs: JobRunner | None, stop: asyncio.Event) -> None:
    """Do both until `stop` is set; either that fails unexpectedly ends the other."""
    async with asyncio.TaskGroup() as group:
        if worker is not None:
            group.create_task(lasting("the worker", worker.run(stop), stop))
        if jobs is not None:
            group.create_task(lasting("the timer of jobs", jobs.run_on_schedule(stop), stop))


def _eraser(kit: AnyKit) -> ChassisEraser:
    counts = partial(kit.limiter.forget, limits=all_limits())
    return ChassisEraser(sealer_of_customers(kit.settings.service_token_secret), counts)


async def _connected(url: str, service: str, stop: asyncio.Event) -> Broker | None:
    """Wait for the broker, or for the stop (None)."""
    connecting = asyncio.ensure_future(Broker.connect(url, name=f"{service} worker"))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait((connecting, stopping), timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not connecting.done() and not stop.is_set():
        log.warning("waiting_for_broker")
        await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if connecting.done():
        return connecting.result()
    connecting.cancel()
    await asyncio.wait((connecting,))
    return None


async def _work(work: Coroutine[Any, Any, None], kit: AnyKit, stop: asyncio.Event, duties: Duties) -> None:
    working = asyncio.create_task(work)
    log.info("worker_started", duties=duties.value)
    await asyncio.wait((working, asyncio.ensure_future(stop.wait())), return_when=asyncio.FIRST_COMPLETED)
    kit.is_stopping = True
    stop.set()  # also when a part has failed: probes say that the process ends, however long its last steps take
    await asyncio.wait((working,), timeout=kit.settings.shutdown_grace_seconds + _LAST_WORDS_SECONDS)
    if not working.done():
        log.error("worker_cut_off")
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        return
    try:
        working.result()
    except Exception as error:
        error_tracking.report(error, "worker")
        raise


class Probes:
    """/livez, /readyz and /metrics of a worker.

    Ready while database and broker answer and no shutdown has begun; degraded, but ready, while a queue is paused. A
    worker of jobs alone has no broker. Paused jobs are named: somebody wanted it so.
    """

    def __init__(self, kit: AnyKit, stop: asyncio.Event, duties: Duties) -> None:
        self._kit = kit
        self._stop = stop
        self._checks: dict[str, Check] = {"database": kit.database.ping}
        if duties is not Duties.JOBS:
            self._checks["broker"] = self._ask_broker
        self.broker: Broker | None = None
        self.worker: Worker | None = None
        self.jobs: JobRunner | None = None

    def app(self) -> Starlette:
        """The three routes."""
        return Starlette(
            routes=[
                Route("/livez", self._alive),
                Route("/readyz", self._ready),
                Route("/metrics", self._metrics),
            ]
        )

    async def _alive(self, _: Request) -> Response:
        return Json({"status": "alive"})

    async def _ready(self, _: Request) -> Response:
        states = await check(self._checks)
        queues = self.worker.paused_queues if self.worker is not None else ()
        status = self._status(states, is_resting=bool(queues))
        body = {
            "status": status,
            "service": self._kit.service,
            "dependencies": states,
            "pausedQueues": queues,
            "pausedJobs": self.jobs.paused_jobs if self.jobs is not None else (),
        }
        return Json(body, status=200 if status in ("ready", "degraded") else 503)

    def _status(self, states: Mapping[str, State], *, is_resting: bool) -> str:
        if self._stop.is_set():
            return "stopping"
        if any(state != "up" for state in states.values()):
            return "unavailable"
        return "degraded" if is_resting else "ready"

    async def _metrics(self, request: Request) -> Response:
        return metrics_answer(request.headers.get("accept", ""))

    async def _ask_broker(self) -> None:
        if self.broker is None or not self.broker.is_ready:
            raise ConnectionError("not connected")


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the process it is part of."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def _listening(probes: Probes, host: str, port: int) -> AsyncGenerator[None]:
    config = uvicorn.Config(
        probes.app(), host=host, port=port, lifespan="off", access_log=False, log_config=None, server_header=False
    )
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving
