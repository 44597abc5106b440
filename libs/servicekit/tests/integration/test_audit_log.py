"""What staff do is recorded with it: never without, never twice, and nothing that was recorded is lost."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from servicekit.db import Database
from servicekit.jobs.job import JobContext
from servicekit.jobs.maintenance import AUDIT_KEPT, maintenance_jobs
from servicekit.messaging.audit_log import MAX_VALUE_BYTES
from servicekit.testing import Servers, mint_jwt

from ..notes import notes_app, notes_client
from .admin_notes import REFUSED, router

Entry = dict[str, Any]


@pytest.fixture
async def client(servers: Servers, database_url: str, company_id: UUID) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody of the staff, who may change notes."""
    app = notes_app(servers, database_url, routers=[router])
    headers = {"authorization": f"Bearer {mint_jwt(company_id, 'staff-1', roles=('admin',))}", "x-request-id": "req-1"}
    async with notes_client(app, headers=headers) as client:
        yield client


async def entries(database: Database, company_id: UUID) -> list[Entry]:
    """What the log has of a company, the oldest first."""
    async with database.unit(company_id) as unit:
        return [dict(row) for row in await unit.fetch("SELECT * FROM audit_log ORDER BY id")]


async def made(client: httpx.AsyncClient, text: str = "one") -> str:
    """The path of a new note."""
    answer = await client.post("/api/admin/notes", json={"text": text})
    assert answer.status_code == 201, answer.text
    return f"/api/admin/notes/{answer.json()['id']}"


async def test_what_was_done_is_recorded_with_before_and_after(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Who, what, which fields, under which request: for what is made, changed and deleted."""
    path = await made(client)
    await client.patch(path, json={"text": "two"})
    await client.delete(path)

    created, changed, deleted = await entries(database, company_id)

    assert [entry["action"] for entry in (created, changed, deleted)] == [
        "note.created",
        "note.changed",
        "note.deleted",
    ]
    assert created["changes"]["text"] == {"before": None, "after": "one"}
    assert changed["changes"] == {"text": {"before": "one", "after": "two"}}
    assert deleted["changes"]["text"] == {"before": "two", "after": None}
    assert {entry["subject_id"] for entry in (created, changed, deleted)} == {path.rpartition("/")[2]}
    assert (changed["actor"], changed["roles"], changed["service"]) == ("staff-1", ["admin"], "notes")
    assert (changed["subject_type"], changed["request_id"]) == ("note", "req-1")


async def test_an_entry_is_published_in_the_same_transaction(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """The event has what the row has, and the row's id."""
    await made(client)

    [entry] = await entries(database, company_id)
    async with database.unit(company_id) as unit:
        [event] = await unit.fetch("SELECT aggregate_id, type, data FROM outbox")

    assert (event["aggregate_id"], event["type"]) == (entry["id"], "audit.recorded.v1")
    assert event["data"]["action"] == "note.created"
    assert event["data"]["changes"] == entry["changes"]


@pytest.mark.parametrize("key", [None, "a-key"])
@pytest.mark.parametrize(("text", "status"), [(REFUSED, 409), ("broken", 500)])
async def test_what_was_refused_leaves_no_entry(
    client: httpx.AsyncClient, database: Database, company_id: UUID, key: str | None, text: str, status: int
) -> None:
    """Also where the refusal itself is kept, under a key."""
    path = await made(client)

    answer = await client.patch(path, json={"text": text}, headers={"idempotency-key": key} if key else {})

    assert answer.status_code == status
    assert [entry["action"] for entry in await entries(database, company_id)] == ["note.created"]


async def test_a_replay_is_recorded_once(client: httpx.AsyncClient, database: Database, company_id: UUID) -> None:
    """The second call under a key does nothing, so there is nothing to record."""
    headers = {"idempotency-key": "the-same"}
    first = await client.post("/api/admin/notes", json={"text": "one"}, headers=headers)
    again = await client.post("/api/admin/notes", json={"text": "one"}, headers=headers)

    assert again.json() == first.json()
    assert len(await entries(database, company_id)) == 1


@pytest.mark.parametrize("key", [None, "a-key"])
async def test_what_was_so_already_leaves_no_entry(
    client: httpx.AsyncClient, database: Database, company_id: UUID, key: str | None
) -> None:
    """What is made and is there, and what is changed to what it is: both are answered, and changed nothing."""
    path, headers = f"/api/admin/notes/{uuid4()}", {"idempotency-key": key} if key else {}

    first = await client.post(path, json={"text": "one"})
    again = await client.post(path, json={"text": "other"}, headers=headers)
    same = await client.patch(path, json={"text": "one"}, headers={"idempotency-key": "another"} if key else {})

    assert [answer.status_code for answer in (first, again, same)] == [201, 201, 200]
    assert again.json() == first.json()
    assert [entry["action"] for entry in await entries(database, company_id)] == ["note.created"]


async def test_changes_that_race_have_each_other_as_before(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Twelve at once: their entries are a chain from the first text to the last."""
    path = await made(client, "0")

    texts = [str(number) for number in range(1, 13)]
    answers = await asyncio.gather(*(client.patch(path, json={"text": text}) for text in texts))

    assert {answer.status_code for answer in answers} == {200}
    steps = {
        entry["changes"]["text"]["before"]: entry["changes"]["text"]["after"]
        for entry in await entries(database, company_id)
    }
    text, chain = steps.pop(None), []
    while text in steps:
        chain.append(text := steps.pop(text))
    assert sorted(chain) == sorted(texts)


async def test_who_finds_nothing_leaves_no_entry(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """What does not exist cannot be changed."""
    answer = await client.patch(f"/api/admin/notes/{uuid4()}", json={"text": "two"})

    assert answer.status_code == 404
    assert await entries(database, company_id) == []


async def test_a_long_value_is_kept_by_its_length(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """An entry is bounded, whatever is written into a field."""
    text = "é" * (MAX_VALUE_BYTES // 4)
    path = await made(client, text)
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE notes SET body = $1", text * 5)
    await client.patch(path, json={"text": "short"})

    changed = (await entries(database, company_id))[1]

    assert changed["changes"]["text"] == {"before": f"({len(text) * 10 + 2} bytes)", "after": "short"}


async def test_a_route_that_records_nothing_fails(client: httpx.AsyncClient) -> None:
    """Whoever forgets it sees so at the first call."""
    answer = await client.post(f"/api/admin/notes/{uuid4()}/forgotten-audit")

    assert answer.status_code == 500


CHANGES = [
    "UPDATE audit_log SET actor = 'nobody'",
    "UPDATE audit_log SET at = at - interval '3 years'",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
]


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_service_itself_cannot_change_the_log(
    client: httpx.AsyncClient, database: Database, company_id: UUID, statement: str
) -> None:
    """Not even with every company's rows in reach."""
    await made(client)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="the audit log is only added to"):
        async with database.system_unit() as unit:
            await unit.execute(statement)

    assert len(await entries(database, company_id)) == 1


async def test_entries_go_after_two_years(client: httpx.AsyncClient, database: Database, company_id: UUID) -> None:
    """By a job, which finds those of now in their place."""
    await made(client)
    async with database.unit(company_id) as unit:
        await unit.execute(
            "INSERT INTO audit_log SELECT gen_random_uuid(), company_id, at - $1::interval, service, actor, roles,"
            " action, subject_type, subject_id, changes, request_id FROM audit_log",
            AUDIT_KEPT + timedelta(hours=1),
        )
    [purge] = [job for job in maintenance_jobs() if job.name == "PurgeAuditLog"]

    would = await purge.run(JobContext(database, database.clock, dry_run=True))
    did = await purge.run(JobContext(database, database.clock))

    assert (would, did) == (1, 1)
    assert len(await entries(database, company_id)) == 1
