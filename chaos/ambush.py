"""A proxy before a server of one process, which is killed at a chosen moment of one exchange."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import httpx
from servicekit.testing.live import serving_here
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Moment = Literal["before", "between", "after"]
"""Before the server has the request; when it has answered and nobody has the answer; when the caller has it."""
_METHODS: Final = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_HOP_BY_HOP: Final = frozenset({"connection", "content-length", "transfer-encoding", "host", "accept-encoding"})


@dataclass(slots=True)
class _Armed:
    moment: Moment
    passing: int
    """How many exchanges pass unharmed before the one that is struck."""
    kill: Callable[[], Awaitable[None]]
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def strike(self) -> None:
        await self.kill()
        self.over.set()


class Ambush:
    """Passes every exchange on to a server, and strikes in one of them when told to."""

    def __init__(self, target: str) -> None:
        self._client = httpx.AsyncClient(base_url=target, timeout=60)
        self._armed: _Armed | None = None

    @asynccontextmanager
    async def laid(self) -> AsyncGenerator[str]:
        """Serve while the block runs, at the address given."""
        app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=_METHODS)])
        async with self._client, serving_here(app) as address:
            yield address

    async def strike(self, moment: Moment, passing: int, kill: Callable[[], Awaitable[None]]) -> None:
        """Let so many exchanges pass, call `kill` at this moment of the next one, and return when it is done."""
        armed = self._armed = _Armed(moment, passing, kill)
        await armed.over.wait()

    async def _pass_on(self, request: Request) -> Response:
        body, armed = await request.body(), self._turn()
        if armed is not None and armed.moment == "before":
            await armed.strike()
            return Response(status_code=502)
        answer = await self._client.request(
            request.method, request.url.path, params=request.url.query, headers=_passed_on(request), content=body
        )
        if armed is not None and armed.moment == "between":
            await armed.strike()
        headers = {name: value for name, value in answer.headers.items() if name not in _HOP_BY_HOP}
        last = BackgroundTask(armed.strike) if armed is not None and armed.moment == "after" else None
        return Response(answer.content, answer.status_code, headers, background=last)

    def _turn(self) -> _Armed | None:
        """What is armed, when this is the exchange to strike in; it strikes once."""
        armed = self._armed
        if armed is None:
            return None
        if armed.passing:
            armed.passing -= 1
            return None
        self._armed = None
        return armed


def _passed_on(request: Request) -> dict[str, str]:
    kept = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
    return {**kept, "accept-encoding": "identity"}
