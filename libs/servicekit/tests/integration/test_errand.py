"""Errands: what a neighbour says takes effect once for each Idempotency-Key (rules.md 10)."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter
from servicekit.db import Unit
from servicekit.errors import Conflict409, IdempotencyInProgress409, ServiceUnavailable503
from servicekit.ids import new_id, new_token
from servicekit.routes.callers import GuestOrNone
from servicekit.routes.idempotency import Answer
from servicekit.routes.outside_transaction import ErrandDep
from servicekit.testing import Servers
from starlette.responses import Response

from ..notes import notes_app, notes_client


@dataclass
class Neighbour:
    """Somebody who is asked for a text, and what they answer with at the moment."""

    refusal: Exception | None = None
    keys: list[str | None] = field(default_factory=list)
    router: APIRouter = field(default_factory=APIRouter)

    def __post_init__(self) -> None:
        @self.router.post("/errands", status_code=201)
        async def run_errand(guest: GuestOrNone, errand: ErrandDep) -> Response:
            return await errand.run(guest, self._read, self._ask, self._write)

    async def _read(self, unit: Unit) -> int:
        return int(await unit.fetchval("SELECT count(*) FROM notes"))

    async def _ask(self, notes: int, key: str | None) -> str:
        self.keys.append(key)
        if self.refusal is not None:
            raise self.refusal
        return f"note {notes + 1}"

    async def _write(self, unit: Unit, text: str) -> Answer:
        await unit.execute("INSERT INTO notes VALUES ($1, $2, $3)", unit.company_id, new_id(), text)
        return Answer(201, {"text": text})


@pytest.fixture
def neighbour() -> Neighbour:
    """A neighbour who answers."""
    return Neighbour()


@pytest.fixture
async def client(
    servers: Servers, database_url: str, company_id: UUID, neighbour: Neighbour
) -> AsyncGenerator[httpx.AsyncClient]:
    """A guest of one company at an API that runs errands."""
    headers = {"x-company-id": str(company_id), "x-session-token": new_token()}
    app = notes_app(servers, database_url, routers=[neighbour.router])
    async with notes_client(app, headers=headers) as client:
        yield client


async def run(client: httpx.AsyncClient, key: str | None = None) -> httpx.Response:
    """Send the service on the errand."""
    return await client.post("/errands", headers={"idempotency-key": key} if key else {})


async def test_an_errand_that_is_done_is_not_run_again(client: httpx.AsyncClient, neighbour: Neighbour) -> None:
    """The neighbour is not even asked."""
    first, second = await run(client, "k-1"), await run(client, "k-1")

    assert (first.status_code, first.json()) == (201, {"text": "note 1"})
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["idempotent-replayed"] == "true"
    assert len(neighbour.keys) == 1


async def test_without_a_key_each_call_is_an_errand(client: httpx.AsyncClient, neighbour: Neighbour) -> None:
    """And the neighbour is told no key either."""
    for text in ("note 1", "note 2"):
        assert (await run(client)).json() == {"text": text}

    assert neighbour.keys == [None, None]


async def test_a_refusal_is_an_answer(client: httpx.AsyncClient, neighbour: Neighbour) -> None:
    """It is stored under the key and replayed, also when the neighbour would say something else by now."""
    neighbour.refusal = Conflict409("Not now.")
    first = await run(client, "k-1")
    neighbour.refusal = None
    second = await run(client, "k-1")

    assert (first.status_code, first.json()["detail"]) == (409, "Not now.")
    assert (second.status_code, second.json()["detail"]) == (409, "Not now.")
    assert len(neighbour.keys) == 1


@pytest.mark.parametrize("refusal", [ServiceUnavailable503, IdempotencyInProgress409])
async def test_what_is_no_answer_is_asked_for_again(
    client: httpx.AsyncClient, neighbour: Neighbour, refusal: type[Exception]
) -> None:
    """Under the same key as before, so that what took effect over there takes none again."""
    neighbour.refusal = refusal()
    assert (await run(client, "k-1")).status_code in (409, 503)
    neighbour.refusal = None
    answer = await run(client, "k-1")

    assert (answer.status_code, answer.json()) == (201, {"text": "note 1"})
    assert neighbour.keys[0] == neighbour.keys[1] != "k-1"
