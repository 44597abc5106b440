"""What an upstream answers takes effect once for each Idempotency-Key (rules.md 10)."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, IdempotencyInProgress409, ServiceUnavailable503
from servicekit.http.answers import Answer
from servicekit.ids import new_id, new_token
from servicekit.routes.callers import GuestOrNone
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.testing import Servers
from starlette.responses import Response

from ..notes import notes_app, notes_client


class Gate:
    """An upstream that holds its first answer back until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def wait(self) -> None:
        """Wait, once; who comes later goes through."""
        if not self.reached.is_set():
            self.reached.set()
            await self.opened.wait()


@dataclass
class Upstream:
    """A service that is asked for a text, and what it answers with at the moment."""

    refusal: Exception | None = None
    gate: Gate | None = None
    keys: list[str | None] = field(default_factory=list)
    router: APIRouter = field(default_factory=APIRouter)

    def __post_init__(self) -> None:
        @self.router.post("/texts", status_code=201)
        async def take_text(guest: GuestOrNone, steps: OutsideTransactionDep) -> Response:
            return await steps.run(guest, self)

    async def read(self, unit: TenantUnit) -> int:
        """How many notes there are."""
        return int(await unit.fetchval("SELECT count(*) FROM notes"))

    async def call(self, found: int, key: str | None) -> str:
        """The next note's text."""
        self.keys.append(key)
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        return f"note {found + 1}"

    async def write(self, unit: TenantUnit, found: int, result: str) -> Answer:
        """Keep the text."""
        await unit.execute("INSERT INTO notes VALUES ($1, $2, $3)", unit.company_id, new_id(), result)
        return Answer(201, {"text": result})


@pytest.fixture
def upstream() -> Upstream:
    """An upstream that answers."""
    return Upstream()


@pytest.fixture
async def client(
    servers: Servers, database_url: str, company_id: UUID, upstream: Upstream
) -> AsyncGenerator[httpx.AsyncClient]:
    """A guest of one company at an API that asks an upstream."""
    headers = {"x-company-id": str(company_id), "x-session-token": new_token()}
    app = notes_app(servers, database_url, routers=[upstream.router])
    async with notes_client(app, headers=headers) as client:
        yield client


async def run(client: httpx.AsyncClient, key: str | None = None, path: str = "/texts") -> httpx.Response:
    """Make the service ask its upstream."""
    return await client.post(path, headers={"idempotency-key": key} if key else {})


async def test_what_was_answered_is_not_asked_for_again(client: httpx.AsyncClient, upstream: Upstream) -> None:
    """The upstream is not even called."""
    first, second = await run(client, "k-1"), await run(client, "k-1")

    assert (first.status_code, first.json()) == (201, {"text": "note 1"})
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert len(upstream.keys) == 1


async def test_without_a_key_each_request_calls_the_upstream(client: httpx.AsyncClient, upstream: Upstream) -> None:
    """And the upstream is given no key either."""
    for text in ("note 1", "note 2"):
        assert (await run(client)).json() == {"text": text}

    assert upstream.keys == [None, None]


async def test_a_refusal_is_an_answer(client: httpx.AsyncClient, upstream: Upstream) -> None:
    """It is stored under the key and replayed, also when the upstream would answer something else by now."""
    upstream.refusal = Conflict409("Not now.")
    first = await run(client, "k-1")
    upstream.refusal = None
    second = await run(client, "k-1")

    assert (first.status_code, first.json()["detail"]) == (409, "Not now.")
    assert (second.status_code, second.json()["detail"]) == (409, "Not now.")
    assert len(upstream.keys) == 1


@pytest.mark.parametrize("refusal", [ServiceUnavailable503, IdempotencyInProgress409])
async def test_what_is_no_answer_is_asked_for_again(
    client: httpx.AsyncClient, upstream: Upstream, refusal: type[Exception]
) -> None:
    """Under the key of the first call, so that what took effect over there takes none again."""
    upstream.refusal = refusal()
    assert (await run(client, "k-1")).status_code in (409, 503)
    upstream.refusal = None
    answer = await run(client, "k-1")

    assert (answer.status_code, answer.json()) == (201, {"text": "note 1"})
    assert upstream.keys[0] == upstream.keys[1] != "k-1"


@pytest.mark.parametrize("path", ["/texts?about=another", "/notes"])
async def test_a_key_in_flight_is_refused_to_another_request(
    client: httpx.AsyncClient, upstream: Upstream, path: str
) -> None:
    """While the first one's upstream has not answered yet: the second calls none and writes nothing."""
    upstream.gate = gate = Gate()
    first = asyncio.create_task(run(client, "k-1"))
    await gate.reached.wait()

    second = await client.post(path, json={"text": "milk"}, headers={"idempotency-key": "k-1"})
    gate.opened.set()

    assert (second.status_code, second.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert (await first).json() == {"text": "note 1"}
    assert len(upstream.keys) == 1
    assert (await client.get("/notes")).json() == ["note 1"]


async def test_a_retry_need_not_wait_for_a_first_call_that_may_be_lost(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    """The same request goes on to the upstream under the same key, which answers both alike; one effect is written."""
    upstream.gate = gate = Gate()
    first = asyncio.create_task(run(client, "k-1"))
    await gate.reached.wait()

    again = await run(client, "k-1")
    gate.opened.set()

    assert (again.status_code, again.content) == (201, (await first).content)
    assert upstream.keys[0] == upstream.keys[1]
    assert (await client.get("/notes")).json() == ["note 1"]
