"""The transaction at the edge of a route, and what the database's refusals become."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import ClassVar
from uuid import UUID

import httpx
import jwt
import pytest
from fastapi import APIRouter
from servicekit.db import Database
from servicekit.http.answers import Json
from servicekit.ids import new_id
from servicekit.routes.callers import Admin, GuestOrNone
from servicekit.routes.transactions import TenantUnitDep
from servicekit.testing import Servers, poll
from servicekit.testing.settings import JWT_SECRET

from ..notes import notes_app, notes_client

routes = APIRouter()


@routes.post("/raw/{text}")
async def add_raw(guest: GuestOrNone, unit: TenantUnitDep, text: str) -> Json:
    """Store a text as it is, then fail if it says so."""
    await unit.execute("INSERT INTO notes VALUES ($1, $2, $3)", unit.company_id, new_id(), text)
    if text == "fail":
        raise RuntimeError(text)
    return Json(None)


@routes.post("/rule")
async def add_rule(staff: Admin, unit: TenantUnitDep) -> Json:
    """Store what staff of a company decide."""
    await unit.execute("INSERT INTO notes VALUES ($1, $2, 'rule')", unit.company_id, new_id())
    return Json(None)


@routes.post("/number/{value}")
async def read_number(guest: GuestOrNone, unit: TenantUnitDep, value: int) -> Json:
    """Give the database a number."""
    return Json(await unit.fetchval("SELECT $1::bigint", value))


@routes.post("/busy")
async def wait_for_lock(guest: GuestOrNone, unit: TenantUnitDep) -> Json:
    """Wait for a lock that somebody else holds."""
    await unit.execute("LOCK TABLE job_runs")
    return Json(None)


class Held:
    """Requests that have a transaction and wait with it until they are released."""

    now: ClassVar["Held"]

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.waiting = 0

    @classmethod
    def fresh(cls) -> "Held":
        """Those of the test that begins."""
        cls.now = cls()
        return cls.now

    async def count(self) -> int:
        """How many wait."""
        return self.waiting


@routes.post("/held")
async def hold_connection(guest: GuestOrNone, unit: TenantUnitDep) -> Json:
    """Keep a connection until the test says so."""
    Held.now.waiting += 1
    await Held.now.release.wait()
    return Json(None)


@routes.post("/twice/{note_id}")
async def add_with_id(guest: GuestOrNone, unit: TenantUnitDep, note_id: UUID) -> Json:
    """Store a note under an id that somebody may have taken meanwhile, and look for nobody first."""
    await unit.execute("INSERT INTO notes VALUES ($1, $2, 'secret text')", unit.company_id, note_id)
    return Json(None)


@pytest.fixture
async def client(servers: Servers, database_url: str, company_id: UUID) -> AsyncGenerator[httpx.AsyncClient]:
    """A visitor of one company."""
    app = notes_app(servers, database_url, routers=[routes])
    async with notes_client(app, headers={"x-company-id": str(company_id)}) as client:
        yield client


async def test_what_a_route_wrote_is_there_when_its_answer_is(client: httpx.AsyncClient, database: Database) -> None:
    """Committed before the response leaves: another connection sees it at once."""
    await client.post("/raw/milk")

    async with database.system_unit() as unit:
        assert await unit.fetchval("SELECT count(*) FROM notes WHERE body = 'milk'") == 1


async def test_what_a_failed_route_wrote_is_gone(client: httpx.AsyncClient) -> None:
    """An exception rolls back."""
    assert (await client.post("/raw/fail")).status_code == 500

    assert (await client.get("/notes")).json() == []


async def test_companies_do_not_see_each_other(client: httpx.AsyncClient) -> None:
    """The unit is the caller's company's (rules.md 34)."""
    await client.post("/raw/mine")

    answer = await client.get("/notes", headers={"x-company-id": str(new_id())})

    assert answer.json() == []


async def test_nobody_writes_for_no_company(client: httpx.AsyncClient, company_id: UUID, database: Database) -> None:
    """The platform's people name the company that they act for, or nothing is done (rules.md 34)."""
    claims = {"sub": "root", "roles": ["platform"], "exp": time.time() + 3600}
    root = {"authorization": f"Bearer {jwt.encode(claims, JWT_SECRET, algorithm='HS256')}"}

    for_nobody = await client.post("/rule", headers={**root, "x-company-id": ""})
    for_somebody = await client.post("/rule", headers=root)

    assert (for_nobody.status_code, for_somebody.status_code) == (400, 200)
    async with database.system_unit() as unit:
        owners = await unit.fetch("SELECT company_id FROM notes WHERE body = 'rule'")
    assert [row["company_id"] for row in owners] == [company_id]


@pytest.mark.parametrize("path", ["/raw/a%00b", "/number/99999999999999999999"])
async def test_what_cannot_be_stored_is_malformed_input(client: httpx.AsyncClient, path: str) -> None:
    """422 and not a fault of ours, even where a route forgot to bound what it takes."""
    answer = await client.post(path)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_FAILED")


async def test_waiting_for_a_lock_ends(client: httpx.AsyncClient, database: Database) -> None:
    """After 2 s: 409, and the client may try again."""
    async with database.system_unit() as unit:
        await unit.execute("LOCK TABLE job_runs")
        answer = await client.post("/busy")

    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


async def test_a_lost_race_for_something_unique_is_a_conflict(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """409 even where a route forgot that two may want it, and the log names the constraint and no value."""
    note_id = new_id()
    await client.post(f"/twice/{note_id}")
    capsys.readouterr()

    answer = await client.post(f"/twice/{note_id}")

    logged = capsys.readouterr().out
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "database_refused" in logged
    assert "notes_pkey" in logged
    assert "secret text" not in logged


async def test_ready_with_all_dependencies(client: httpx.AsyncClient) -> None:
    """Each is named."""
    answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["dependencies"] == {"database": "up", "redis": "up"}


async def test_a_busy_pool_is_503_soon_and_no_reason_to_be_taken_out(
    database_url: str, servers: Servers, company_id: UUID
) -> None:
    """Whoever waits too long for a connection is told when to come back; the probe has a connection of its own."""
    app = notes_app(servers, database_url, routers=[routes], db_pool_size=2, db_pool_timeout_seconds=0.2)
    held = Held.fresh()
    async with notes_client(app, headers={"x-company-id": str(company_id)}) as client:
        holding = [asyncio.create_task(client.post("/held")) for _ in range(2)]
        await poll(held.count, until=lambda count: count == 2)

        refused, ready = await client.get("/notes"), await client.get("/readyz")

        held.release.set()
        answers = await asyncio.gather(*holding)
        after = await client.get("/readyz")
    assert (refused.status_code, refused.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert refused.headers["retry-after"] == "2"
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert ready.json()["dependencies"] == {"database": "busy", "redis": "up"}
    assert [answer.status_code for answer in answers] == [200, 200]
    assert after.json()["status"] == "ready"


async def test_without_redis_it_serves_on(database_url: str, servers: Servers, company_id: UUID) -> None:
    """Degraded, but ready: only limits become local."""
    app = notes_app(Servers(servers.postgres_url, "redis://127.0.0.1:1", servers.rabbitmq_url), database_url)
    async with notes_client(app, headers={"x-company-id": str(company_id)}) as client:
        ready, added = await client.get("/readyz"), await client.post("/notes", json={"text": "milk"})

    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
    assert added.status_code == 201
