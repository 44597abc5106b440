"""An ambush strikes at the moment that it was told: what the server and the caller have by then is as it says."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
import pytest
from servicekit.testing.live import serving_here
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaos.ambush import Ambush, Moment


@asynccontextmanager
async def ambushed(received: list[str]) -> AsyncGenerator[tuple[Ambush, httpx.AsyncClient]]:
    """A server that notes what it is given, an ambush before it, and its caller."""

    async def take(request: Request) -> Response:
        received.append((await request.body()).decode())
        return Response(f"{request.url.path}?{request.url.query}", 201, {"x-served": "yes"})

    app = Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])
    async with serving_here(app) as target:
        ambush = Ambush(target)
        async with ambush.laid() as address, httpx.AsyncClient(base_url=address, timeout=30) as caller:
            yield ambush, caller


async def test_what_is_not_struck_passes_unchanged() -> None:
    """Path, query, body, status and headers."""
    received: list[str] = []
    async with ambushed(received) as (_, caller):
        answer = await caller.post("/mails?to=ann", content="hello")

    assert (answer.status_code, answer.text, answer.headers["x-served"]) == (201, "/mails?to=ann", "yes")
    assert received == ["hello"]


@pytest.mark.parametrize(
    ("moment", "received_by_then", "answered_by_then"),
    [("before", 2, False), ("between", 3, False), ("after", 3, True)],
)
async def test_it_strikes_once_at_its_moment(moment: Moment, received_by_then: int, answered_by_then: bool) -> None:
    """Two exchanges pass, the third is struck: before the server has it, before its answer, or after that."""
    received: list[str] = []
    seen: list[tuple[int, bool]] = []
    async with ambushed(received) as (ambush, caller):
        third: asyncio.Task[httpx.Response] | None = None

        async def kill() -> None:
            if moment == "after":
                assert third is not None
                await third  # the answer is on its way, or there
            seen.append((len(received), third is not None and third.done()))

        striking = asyncio.create_task(ambush.strike(moment, 2, kill))
        await asyncio.sleep(0)
        for number in range(2):
            await caller.post("/mails", content=str(number))
        third = asyncio.create_task(caller.post("/mails", content="2"))
        await asyncio.gather(striking, third)
        await caller.post("/mails", content="3")

    assert seen == [(received_by_then, answered_by_then)]
