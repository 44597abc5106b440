"""Calls between services, over a real connection."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
import uvicorn
from contracts.base import Contract
from fastapi import APIRouter
from servicekit.errors import Conflict409
from servicekit.http.answers import Json
from servicekit.http.bodies import Body
from servicekit.observability import causality
from servicekit.routes.callers import ServiceCaller
from servicekit.settings import ServiceSettings
from servicekit.testing import make_settings, poll
from servicekit.upstream.breaker import FAILURES_TO_OPEN
from servicekit.upstream.bulkhead import MAX_IN_FLIGHT, MAX_WAITING
from servicekit.upstream.client import InternalClient
from servicekit.upstream.errors import RemoteProblem, Saturated, Unavailable
from starlette.requests import Request

from ..notes import NOWHERE, notes_app

COMPANY = uuid4()
SETTINGS = make_settings(ServiceSettings, NOWHERE, NOWHERE.postgres_url)


class Question(Contract):
    """What is asked."""

    product_name: str


class Reply(Contract):
    """What is answered."""

    text: str
    caller: str
    request_id: str
    key: str | None


class QuestionBody(Body):
    """The question, as the other service reads it."""

    product_name: str


@dataclass
class Other:
    """Another service, and how it behaves at the moment."""

    status: int = 200
    seconds: float = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    calls: int = 0
    url: str = ""
    router: APIRouter = field(default_factory=APIRouter)

    async def called(self) -> int:
        """How often it was called so far."""
        return self.calls


@asynccontextmanager
async def other_service() -> AsyncGenerator[Other]:
    """A service that answers on a port of its own."""
    other = Other()

    @other.router.post("/internal/ask")
    async def ask(request: Request, caller: ServiceCaller, body: QuestionBody) -> Json:
        other.calls += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(other.released.wait(), other.seconds)
        if other.status == 409:
            raise Conflict409("Somebody else has it.", lines=[1])
        reply = {
            "text": body.product_name,
            "caller": caller.subject,
            "requestId": request.scope["request_id"],
            "key": request.headers.get("idempotency-key"),
        }
        return Json(reply if other.status == 200 else {}, status=other.status)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        other.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(notes_app(routers=[other.router]), log_config=None, access_log=False, lifespan="on")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield other
        finally:
            server.should_exit = True
            await serving


@pytest.fixture
async def other() -> AsyncGenerator[Other]:
    """The other service."""
    async with other_service() as other:
        yield other


@asynccontextmanager
async def client_of(other: Other, patience: float = 2.0) -> AsyncGenerator[InternalClient]:
    """Our client of it."""
    client = InternalClient(other.url, "notes", SETTINGS, timeout=patience)
    yield client
    await client.close()


async def ask(client: InternalClient, *, key: str | None = None, retries: int = 0) -> Reply:
    """Ask it about milk."""
    return await client.call(
        "POST",
        "/internal/ask",
        company_id=COMPANY,
        body=Question(product_name="milk"),
        answer=Reply,
        key=key,
        retries=retries,
    )


async def test_a_call_carries_who_asks_and_for_which_request(other: Other) -> None:
    """The service token names the caller, and the request's id goes on to the other side's log."""
    token = causality.correlation_id.set("request-4711")
    async with client_of(other) as client:
        reply = await ask(client)
    causality.correlation_id.reset(token)

    assert reply == Reply(text="milk", caller="notes", request_id="request-4711", key=None)


async def test_a_key_is_sent_as_the_other_sides_idempotency_key(other: Other) -> None:
    """So that asking again has no second effect over there."""
    async with client_of(other) as client:
        reply = await ask(client, key="once")

    assert reply.key == "once"


async def test_a_refusal_is_raised_with_its_reason(other: Other) -> None:
    """Status, code and the whole problem document, for the caller to translate."""
    other.status = 409
    async with client_of(other) as client:
        with pytest.raises(RemoteProblem) as refused:
            await ask(client, retries=3)

    assert (refused.value.status, refused.value.code) == (409, "CONFLICT")
    assert refused.value.body["lines"] == [1]
    assert other.calls == 1


async def test_a_fault_over_there_is_no_answer(other: Other) -> None:
    """QuestionBody again only if the caller says that it may be."""
    other.status = 500
    async with client_of(other) as client:
        with pytest.raises(Unavailable):
            await ask(client)
        assert other.calls == 1
        with pytest.raises(Unavailable):
            await ask(client, retries=2)

    assert other.calls == 4


async def test_an_answer_of_another_form_is_no_answer(other: Other) -> None:
    """The contract is checked on this side too."""
    other.status = 202
    async with client_of(other) as client:
        with pytest.raises(Unavailable):
            await ask(client)


async def test_nobody_waits_longer_than_the_timeout(other: Other) -> None:
    """A hanging service costs its callers that much, and after five times nothing at all."""
    other.seconds = 1
    async with client_of(other, patience=0.05) as client:
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(Unavailable):
                await ask(client)
        with pytest.raises(Unavailable):
            await ask(client)

    assert other.calls <= FAILURES_TO_OPEN  # one that was given up may come in late, or not at all
    other.seconds = 0


async def test_retries_share_one_deadline(other: Other) -> None:
    """A call that may be made six times does not wait six times."""
    other.seconds = 1
    async with client_of(other, patience=0.2) as client:
        with pytest.raises(Unavailable):
            await ask(client, retries=5)

    assert other.calls <= 2
    other.seconds = 0


async def test_an_answer_that_drips_in_for_ever_ends() -> None:
    """Each byte comes in time, all of them never do."""
    async with dripping() as url, client_of(Other(url=url), patience=0.2) as client:
        with pytest.raises(Unavailable):
            await ask(client)


@asynccontextmanager
async def all_places_taken(other: Other, client: InternalClient) -> AsyncGenerator[None]:
    """As many calls as may be wait for an answer; at the end they are given up, and the service answers again."""
    waiting = [asyncio.create_task(ask(client)) for _ in range(MAX_IN_FLIGHT)]
    await poll(other.called, until=lambda calls: calls == MAX_IN_FLIGHT)
    try:
        yield
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        other.released.set()


async def test_a_slow_service_has_so_many_callers_and_no_more(other: Other) -> None:
    """One more is refused without being sent when no place comes free, and comes through once another has ended."""
    other.seconds = 60
    async with client_of(other, patience=12) as client:
        async with all_places_taken(other, client):
            with pytest.raises(Saturated):
                await ask(client)
            assert other.calls == MAX_IN_FLIGHT
        assert (await ask(client)).text == "milk"


async def test_a_burst_waits_for_places(other: Other) -> None:
    """A healthy service answers many more than there are places for, without a refusal."""
    async with client_of(other, patience=30) as client, asyncio.TaskGroup() as group:
        for _ in range(3 * MAX_IN_FLIGHT):
            group.create_task(ask(client))
    assert other.calls == 3 * MAX_IN_FLIGHT


async def test_only_so_many_wait_for_places(other: Other) -> None:
    """What waits is bounded too: one beyond it is refused at once, and who is given up while waiting makes room."""
    other.seconds = 60
    async with client_of(other, patience=240) as client:
        async with all_places_taken(other, client):
            queue = [asyncio.create_task(ask(client)) for _ in range(MAX_WAITING)]
            await asyncio.sleep(0)
            with pytest.raises(Saturated):
                await ask(client)
            queue.pop().cancel()
            await asyncio.sleep(0)
            queue.append(asyncio.create_task(ask(client)))
        assert [reply.text for reply in await asyncio.gather(*queue)] == ["milk"] * MAX_WAITING


@asynccontextmanager
async def dripping() -> AsyncGenerator[str]:
    """A server whose answer never ends: its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_service_that_is_not_there_is_unavailable() -> None:
    """503 to the shopper, not a fault of ours."""
    async with client_of(Other(url="http://127.0.0.1:1")) as client:
        with pytest.raises(Unavailable) as away:
            await ask(client)

    assert away.value.status == 503
