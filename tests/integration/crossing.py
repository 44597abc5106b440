"""The way from cart to inventory: a real port on which a call is lost, comes late, waits, or has its caller killed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import httpx
from servicekit.testing.live import serving_here
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Fault = Literal[
    "lost before",
    "lost after",
    "late",
    "waits before",
    "waits after",
    "killed before",
    "killed after",
    "killed, late",
]
"""What becomes of a call: it is lost before or after inventory did it, or given up and done later; it is held up before
or after it was done; its caller is killed before or after it was done, or before it is done later."""
FAULTS: tuple[Fault, ...] = get_args(Fault)

Call = Callable[[], Awaitable[Response]]
METHODS = ["GET", "POST", "DELETE"]


@dataclass
class Crossing:
    """Every call of one cart service, forwarded to inventory; `fault` is the next hold's, `victim` its caller."""

    inventory: httpx.AsyncClient
    url: str = ""
    fault: Fault | None = None
    victim: asyncio.Task[Any] | None = None
    late: list[Call] = field(default_factory=list)
    waiting: list[asyncio.Event] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set as soon as a call waits."""

    async def cross(self, request: Request) -> Response:
        """Forward one call, or let its fault happen to it."""
        call = await self._call_of(request)
        fault, self.fault = self.fault, None
        return await (call() if fault is None else self._fail(fault, call))

    async def _fail(self, fault: Fault, call: Call) -> Response:
        answer = await call() if fault.endswith("after") else None
        if fault.startswith("waits"):
            await self._wait()
            return answer or await call()
        if fault.endswith("late"):
            self.late.append(call)
        if fault.startswith("killed") and self.victim is not None:
            self.victim.cancel()
        return Response(status_code=503)

    async def _call_of(self, request: Request) -> Call:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        method, body, headers = request.method, await request.body(), dict(request.headers)

        async def call() -> Response:
            answer = await self.inventory.request(method, path, content=body, headers=headers)
            return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

        return call

    async def _wait(self) -> None:
        goes_on = asyncio.Event()
        self.waiting.append(goes_on)
        self.arrived.set()
        await goes_on.wait()


@asynccontextmanager
async def crossing_to(inventory: httpx.AsyncClient) -> AsyncGenerator[Crossing]:
    """Serve the crossing in this loop."""
    crossing = Crossing(inventory)
    app = Starlette(routes=[Route("/{path:path}", crossing.cross, methods=METHODS)])
    async with serving_here(app) as crossing.url:
        yield crossing
