"""Jobs and dead letters over HTTP, by hand."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pamqp.common import FieldTable
from servicekit.clock import SystemClock
from servicekit.http.answers import to_json
from servicekit.http.paging import Cursor
from servicekit.jobs.job import Job, JobContext, JobResult
from servicekit.messaging import headers
from servicekit.messaging.broker import Broker, Message
from servicekit.messaging.dead_letters import DeadLetters
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.messaging.topology import dead_letter_queue, declare
from servicekit.roles.api import create_app
from servicekit.settings import ServiceSettings
from servicekit.testing import Servers, make_settings, mint_jwt, poll

from ..notes import NOTES, notes_client


async def count_notes(context: JobContext) -> JobResult:
    """Delete every note, or say how many there are."""
    async with context.database.system_unit() as unit:
        count = await unit.fetchval("SELECT count(*) FROM notes")
        if not context.dry_run:
            await unit.execute("DELETE FROM notes")
    return JobResult(count, {"companies": 2})


@asynccontextmanager
async def operating(servers: Servers, database_url: str, name: str = "notes") -> AsyncGenerator[httpx.AsyncClient]:
    """The notes service with one job."""
    service = replace(NOTES, name=name, jobs=lambda _: (Job("DeleteNotes", count_notes, cron="0 3 * * *"),))
    settings = make_settings(ServiceSettings, servers, database_url)
    async with notes_client(create_app(service, settings, routers=[])) as client:
        yield client


def staff(company_id: UUID, *roles: str) -> dict[str, str]:
    """Somebody of the company."""
    return {"authorization": f"Bearer {mint_jwt(company_id, 'ada', roles=roles)}"}


@pytest.fixture
async def client(servers: Servers, database_url: str) -> AsyncGenerator[httpx.AsyncClient]:
    """The operations of the notes service."""
    async with operating(servers, database_url) as client:
        yield client


async def test_a_job_is_listed_run_and_remembered(client: httpx.AsyncClient, company_id: UUID) -> None:
    """With its schedule and how its last run went; a dry run is not kept."""
    headers = staff(company_id, "platform")

    dry = await client.post("/api/admin/ops/notes/jobs/DeleteNotes/run?dryRun", headers=headers)
    before = (await client.get("/api/admin/ops/notes/jobs", headers=headers)).json()["items"]
    done = await client.post("/api/admin/ops/notes/jobs/DeleteNotes/run", headers=headers)
    after = (await client.get("/api/admin/ops/notes/jobs", headers=headers)).json()["items"]

    assert dry.json() == {"name": "DeleteNotes", "dryRun": True, "count": 0, "details": {"companies": 2}}
    assert done.json()["dryRun"] is False
    assert (before[0]["name"], before[0]["schedule"], before[0]["runs"]) == ("DeleteNotes", "0 3 * * *", 0)
    assert (after[0]["runs"], after[0]["details"]) == (1, {"companies": 2})
    assert "PurgeOutbox" in {job["name"] for job in after}


async def test_an_admin_sees_nothing_of_other_companies_runs(client: httpx.AsyncClient, company_id: UUID) -> None:
    """When a job ran, but not what it did: a run spans all companies (rules.md 34)."""
    await client.post("/api/admin/ops/notes/jobs/DeleteNotes/run", headers=staff(company_id, "platform"))

    jobs = (await client.get("/api/admin/ops/notes/jobs", headers=staff(company_id, "admin"))).json()["items"]

    ran = next(job for job in jobs if job["name"] == "DeleteNotes")
    assert ran["finishedAt"] is not None
    assert {(job["count"], job["error"], *job["details"]) for job in jobs} == {(None, None)}


@pytest.mark.parametrize(
    ("path", "roles", "status"),
    [
        ("jobs/Nothing/run", ["platform"], 404),
        ("jobs/DeleteNotes/run?dryRun=maybe", ["platform"], 422),
        ("jobs/DeleteNotes/run", ["admin"], 403),
        ("jobs/DeleteNotes/run?dryRun", ["admin"], 403),
        ("jobs/DeleteNotes/run", ["viewer"], 403),
        ("jobs/DeleteNotes/run", ["customer"], 403),
    ],
)
async def test_what_cannot_be_run(
    client: httpx.AsyncClient, company_id: UUID, path: str, roles: list[str], status: int
) -> None:
    """An unknown job, an unreadable flag, somebody of one company: a run works on every company's rows."""
    answer = await client.post(f"/api/admin/ops/notes/{path}", headers=staff(company_id, *roles))

    assert answer.status_code == status


async def test_a_job_runs_once_at_a_time(
    client: httpx.AsyncClient, database_url: str, servers: Servers, company_id: UUID
) -> None:
    """While some process is at it, another is answered so."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_: JobContext) -> int:
        entered.set()
        await leave.wait()
        return 0

    service = replace(NOTES, jobs=lambda _: (Job("DeleteNotes", slow, every=60),))
    settings = make_settings(ServiceSettings, servers, database_url)
    path, headers = "/api/admin/ops/notes/jobs/DeleteNotes/run", staff(company_id, "platform")
    async with notes_client(create_app(service, settings, routers=[])) as elsewhere:
        first = asyncio.create_task(elsewhere.post(path, headers=headers))
        await entered.wait()
        second = await client.post(path, headers=headers)
        leave.set()
        finished = await first

    assert (finished.status_code, second.status_code) == (200, 409)


@asynccontextmanager
async def dead_letters_of(servers: Servers, service: str, *bodies: Any) -> AsyncGenerator[DeadLetters]:
    """A service with these messages given up."""
    broker = await Broker.connect(servers.rabbitmq_url, name="tests")
    channel = await broker.channel()
    await declare(channel, service, Subscriptions[None](service).queues.values())
    await channel.declare_queue(f"{service}.home", durable=True, arguments={"x-queue-type": "quorum"})
    now = SystemClock().now()
    for body in bodies:
        history: FieldTable = {
            headers.QUEUE: f"{service}.home",
            headers.HANDLER: "notes.keep",
            headers.ATTEMPTS: 6,
            headers.ERROR: "no room",
            headers.FIRST_FAILED: now.isoformat(),
            headers.LAST_FAILED: now.isoformat(),
        }
        message = Message(to_json(body), str(uuid4()), "cart.updated.v1", now, history)
        await broker.publish(message, exchange="", routing_key=dead_letter_queue(service))
    yield DeadLetters(broker, service)
    for queue in (dead_letter_queue(service), f"{service}.home"):
        await channel.queue_delete(queue)
    await broker.close()


async def test_a_company_sees_and_replays_its_own_dead_letters(
    servers: Servers, database_url: str, company_id: UUID
) -> None:
    """Another company's are not there; the platform sees all."""
    service, other = f"ops{uuid4().hex[:8]}", uuid4()
    path = f"/api/admin/ops/{service}/dead-letters"
    bodies = [{"companyid": str(company_id)}, {"companyid": str(other)}]
    async with dead_letters_of(servers, service, *bodies), operating(servers, database_url, service) as client:
        mine = (await client.get(path, headers=staff(company_id, "admin"))).json()["items"]
        all_ = (await client.get(path, headers=staff(company_id, "platform"))).json()["items"]
        theirs = next(dead_letter["id"] for dead_letter in all_ if dead_letter["id"] != mine[0]["id"])

        foreign = await client.post(f"{path}/{theirs}/replay", headers=staff(company_id, "admin"))
        replayed = await client.post(f"{path}/{mine[0]['id']}/replay", headers=staff(company_id, "admin"))
        left = (await client.get(path, headers=staff(company_id, "platform"))).json()["items"]

    assert (len(mine), len(all_)) == (1, 2)
    assert (mine[0]["error"], mine[0]["attempts"]) == ("no room", 6)
    assert foreign.status_code == 404
    assert replayed.status_code == 200
    assert [dead_letter["id"] for dead_letter in left] == [theirs]


async def test_dead_letters_are_listed_in_pages(servers: Servers, database_url: str, company_id: UUID) -> None:
    """Each once, whoever else's lie between them; a cursor of one's own making is refused."""
    service, other = f"ops{uuid4().hex[:8]}", uuid4()
    path, headers = f"/api/admin/ops/{service}/dead-letters", staff(company_id, "admin")
    bodies = [{"companyid": str(company)} for company in (company_id, other) * 3]
    pages: list[list[str]] = []
    async with dead_letters_of(servers, service, *bodies), operating(servers, database_url, service) as client:
        cursor: dict[str, str] | None = {}
        while cursor is not None and len(pages) < 5:
            page = (await client.get(path, params={"limit": "2", **cursor}, headers=headers)).json()
            pages.append([dead_letter["id"] for dead_letter in page["items"]])
            cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
        forged = await client.get(path, params={"cursor": Cursor.encode("2026-01-01", other)}, headers=headers)

    assert [len(page) for page in pages] == [2, 1]
    assert len({dead_letter for page in pages for dead_letter in page}) == 3
    assert forged.status_code == 422


async def test_a_company_replays_all_of_its_own_dead_letters(
    servers: Servers, database_url: str, broker: Broker, company_id: UUID
) -> None:
    """In one walk, narrowed by what is asked for; others' are neither sent nor counted. The platform replays all."""
    service, other = f"ops{uuid4().hex[:8]}", uuid4()
    path = f"/api/admin/ops/{service}/dead-letters"
    bodies = [{"companyid": str(company)} for company in (company_id, other, company_id, other, other)]
    async with dead_letters_of(servers, service, *bodies) as kept, operating(servers, database_url, service) as client:
        by_viewer = await client.post(f"{path}/replay", headers=staff(company_id, "viewer"))
        for_nobody = await client.post(f"{path}/replay?reason=timeout", headers=staff(company_id, "admin"))
        await all_given_back(broker, service, 5)
        mine = await client.post(f"{path}/replay?reason=room", headers=staff(company_id, "admin"))
        await all_given_back(broker, service, 3)
        left = await kept.list()
        await all_given_back(broker, service, 3)
        wanted = {"queue": f"{service}.home", "type": "cart.updated.v1"}
        all_ = await client.post(f"{path}/replay", params=wanted, headers=staff(company_id, "platform"))
        nothing = await kept.list()

    walked = {"withheld": 0, "tooOld": 0, "queueGone": 0, "isComplete": True}
    assert for_nobody.json() == {"replayed": 0, "skipped": 2, **walked}
    assert by_viewer.status_code == 403
    assert (mine.status_code, mine.json()) == (200, {"replayed": 2, "skipped": 0, **walked})
    assert [to_json({"companyid": str(other)})] * 3 == [dead_letter.body for dead_letter in left]
    assert all_.json() == {"replayed": 3, "skipped": 0, **walked}
    assert nothing == []


async def all_given_back(broker: Broker, service: str, count: int) -> None:
    """Wait until the broker has put back what a look had taken: it does so a moment after the look has ended."""
    queue = dead_letter_queue(service)
    await poll(lambda: broker.depths([queue]), lambda depths: depths[queue] == count)
