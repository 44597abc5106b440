"""Idempotency-Key over a real database (rules.md 10)."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import httpx
import pytest
from servicekit.db import Database
from servicekit.ids import new_token
from servicekit.testing import Servers

from ..notes import notes_app, notes_client


@pytest.fixture
async def client(servers: Servers, database_url: str, company_id: UUID) -> AsyncGenerator[httpx.AsyncClient]:
    """A guest of one company at the notes API."""
    headers = {"x-company-id": str(company_id), "x-session-token": new_token()}
    async with notes_client(notes_app(servers, database_url), headers=headers) as client:
        yield client


async def add(client: httpx.AsyncClient, key: str | None, text: str = "milk", **headers: str) -> httpx.Response:
    """Keep a note under a key."""
    keyed = {"idempotency-key": key} if key is not None else {}
    return await client.post("/notes", json={"text": text}, headers={**keyed, **headers})


async def kept(client: httpx.AsyncClient) -> list[str]:
    """Every note of the company."""
    texts: list[str] = (await client.get("/notes")).json()
    return texts


async def test_the_second_call_answers_as_the_first_did(client: httpx.AsyncClient) -> None:
    """One effect; the same status, body and ETag, marked as replayed."""
    first, second = await add(client, "k-1"), await add(client, "k-1")

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["etag"] == first.headers["etag"] == '"1"'
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await kept(client) == ["milk"]


@pytest.mark.parametrize(("path", "status"), [("/notes/shown", 201), ("/notes/silent", 204)])
async def test_a_use_case_is_called_once_however_it_is_shown(client: httpx.AsyncClient, path: str, status: int) -> None:
    """A view and an empty answer are replayed as they were; the use case is not called again."""
    sent = {"json": {"text": "milk"}, "headers": {"idempotency-key": "k-1"}}
    first, second = await client.post(path, **sent), await client.post(path, **sent)

    assert (first.status_code, second.status_code) == (status, status)
    assert second.content == first.content
    assert second.headers.get("content-type") == first.headers.get("content-type")
    assert second.headers["idempotent-replayed"] == "true"
    assert await kept(client) == ["milk"]


async def test_without_a_key_each_call_counts(client: httpx.AsyncClient) -> None:
    """The key is what says that two calls are one."""
    for _ in range(2):
        assert (await add(client, None)).status_code == 201

    assert await kept(client) == ["milk", "milk"]


async def test_two_hundred_at_once_have_one_effect(client: httpx.AsyncClient) -> None:
    """Identical answers, all but one of them replays."""
    answers = await asyncio.gather(*(add(client, "k-200") for _ in range(200)))

    assert Counter(answer.status_code for answer in answers) == {201: 200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 199
    assert await kept(client) == ["milk"]


@pytest.mark.parametrize("change", ["body", "query"])
async def test_a_key_belongs_to_one_request(client: httpx.AsyncClient, change: str) -> None:
    """Another body or address under the same key is 422 and changes nothing."""
    await add(client, "k-2")

    path = "/notes?other=1" if change == "query" else "/notes"
    body = {"text": "bread" if change == "body" else "milk"}
    answer = await client.post(path, json=body, headers={"idempotency-key": "k-2"})

    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert await kept(client) == ["milk"]


async def test_keys_of_different_callers_do_not_meet(client: httpx.AsyncClient) -> None:
    """Another session, or another company, may use the same key for its own."""
    await add(client, "k-3")

    for other in ({"x-session-token": new_token()}, {"x-company-id": str(uuid4())}):
        answer = await add(client, "k-3", "bread", **other)
        assert answer.status_code == 201
        assert "idempotent-replayed" not in answer.headers


async def test_a_refusal_is_replayed_and_what_it_wrote_is_undone(client: httpx.AsyncClient) -> None:
    """The first answer counts, whatever it was."""
    first, second = await add(client, "k-4", "taken"), await add(client, "k-4", "taken")

    assert (first.status_code, second.status_code) == (409, 409)
    assert second.json() == first.json()
    assert second.headers["content-type"] == "application/problem+json"
    assert second.headers["idempotent-replayed"] == "true"
    assert await kept(client) == []


async def test_a_fault_of_ours_is_not_stored(client: httpx.AsyncClient, database: Database, company_id: UUID) -> None:
    """A 5xx rolls back, the key with it, so that the call can be repeated."""
    assert (await add(client, "k-5", "broken")).status_code == 500

    assert await kept(client) == []
    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_a_call_waits_for_the_first_one_two_seconds_at_most(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """409 while the first is still at work; once that one is rolled back, the repeated call is the first."""
    async with database.unit(company_id) as unit:
        identity = f"guest:{session_hash(client)}"
        await unit.execute(
            "INSERT INTO idempotency_keys (company_id, identity, key, request_hash) VALUES ($1, $2, 'k-6', '\\x00')",
            company_id,
            identity,
        )
        answer = await add(client, "k-6")
        assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
        await unit.execute("DELETE FROM idempotency_keys")

    assert (await add(client, "k-6")).status_code == 201


def session_hash(client: httpx.AsyncClient) -> str:
    return hashlib.sha256(client.headers["x-session-token"].encode()).hexdigest()


async def test_after_a_day_a_key_is_new_again(client: httpx.AsyncClient, database: Database, company_id: UUID) -> None:
    """24 hours, whether or not the purge has come by."""
    await add(client, "k-7")
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")

    answer = await add(client, "k-7", "bread")

    assert answer.status_code == 201
    assert await kept(client) == ["milk", "bread"]


@pytest.mark.parametrize("key", ["", "with space", "ü", "x" * 256])
async def test_a_key_that_cannot_be_one_is_refused(client: httpx.AsyncClient, key: str) -> None:
    """422 naming the header."""
    answer = await client.post("/notes", json={"text": "milk"}, headers={b"idempotency-key": key.encode()})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_visitors_key_must_not_be_guessable(client: httpx.AsyncClient) -> None:
    """Without a session only the address distinguishes visitors, and a replay may hold a session token."""
    del client.headers["x-session-token"]

    assert (await add(client, "1")).status_code == 422
    assert (await add(client, str(uuid4()))).status_code == 201
