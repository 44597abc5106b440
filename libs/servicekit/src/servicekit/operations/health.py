"""Probes: alive says that the process answers, ready that it can do its work (messaging.md, "Shutdown")."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import structlog
from fastapi import APIRouter
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from servicekit.http.answers import Json
from servicekit.http.bodies import View
from servicekit.process.kit import AnyKit, kit_of

Check = Callable[[], Awaitable[object]]
State = Literal["up", "busy", "down"]
"""Busy: it answers, but our own connections to it are all in use."""

CHECK_TIMEOUT_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Readiness(View):
    """Whether traffic should come, and how each dependency is."""

    status: Literal["ready", "degraded", "unavailable", "stopping"]
    service: str
    dependencies: dict[str, State]


async def readiness(kit: AnyKit) -> Readiness:
    """Ready while the database answers; the broker is not asked.

    Degraded, but ready: without Redis it serves on, with local rate limits; and when its own connections are all busy,
    because to take a busy process out would only make the others busier.
    """
    states = await check({"database": kit.database.ping, "redis": kit.redis.ping})
    if states["database"] == "up" and kit.database.is_busy:
        states["database"] = "busy"
    return Readiness(status=_status(kit, states), service=kit.service, dependencies=states)


def _status(kit: AnyKit, states: Mapping[str, State]) -> Literal["ready", "degraded", "unavailable", "stopping"]:
    if kit.is_stopping:
        return "stopping"
    if states["database"] == "down":
        return "unavailable"
    return "ready" if all(state == "up" for state in states.values()) else "degraded"


async def check(checks: Mapping[str, Check]) -> dict[str, State]:
    """Ask every dependency at once; one that fails or takes longer than 2 s is down."""
    states = await asyncio.gather(*(_ask(name, ask) for name, ask in checks.items()))
    return dict(zip(checks, states, strict=True))


async def _ask(name: str, ask: Check) -> State:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
            await ask()
    except Exception as fault:  # whatever is wrong with it, it is down
        log.warning("dependency_down", dependency=name, error=type(fault).__name__)
        return "down"
    return "up"


def metrics_answer(accept: str) -> Response:
    """All metrics of the process, in the format that the scraper prefers (OpenMetrics carries the exemplars)."""
    encode, content_type = choose_encoder(accept)
    return Response(encode(REGISTRY), headers={"content-type": content_type})


def router() -> APIRouter:
    """/livez, /readyz and /metrics."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/livez")
    async def livez() -> Json:
        """The process answers; nothing else is asked."""
        return Json({"status": "alive"})

    @routes.get("/readyz")
    async def readyz(request: Request) -> Json:
        """200 while traffic should come, else 503, naming each dependency."""
        state = await readiness(kit_of(request))
        return Json(state, status=200 if state.status in ("ready", "degraded") else 503)

    @routes.get("/metrics")
    async def metrics(request: Request) -> Response:
        """For Prometheus; never routed by the gateway."""
        return metrics_answer(request.headers.get("accept", ""))

    return routes
