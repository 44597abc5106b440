"""What an upstream answers takes effect once for each Idempotency-Key (rules.md 10)."""

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


@dataclass
class Upstream:
    """A service that is asked for a text, and what it answers with at the moment."""

    refusal: Exception | None = None
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


async def run(client: httpx.AsyncClient, key: str | None = None) -> httpx.Response:
    """Make the service ask its upstream."""
    return await client.post("/texts", headers={"idempotency-key": key} if key else {})


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
