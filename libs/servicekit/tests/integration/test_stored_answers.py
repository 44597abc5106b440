"""What is stored under an Idempotency-Key: unreadable, bounded, and good across rotations and deployments."""

import base64
import hashlib
from collections.abc import AsyncGenerator
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter
from pydantic import SecretStr, StringConstraints
from servicekit.db import Database
from servicekit.http.bodies import Body
from servicekit.ids import new_token
from servicekit.routes.callers import Guest
from servicekit.routes.idempotency import OnceDep
from servicekit.sealing import Sealer
from servicekit.testing import Servers
from servicekit.testing.settings import SEAL_KEY
from starlette.responses import Response

from ..notes import keep_note, notes_app, notes_client
from .test_idempotency import add, kept, session_hash

NEXT_SEAL_KEY = base64.b64encode(b"another thirty-two bytes of test").decode()
REQUEST = b'POST /notes?\n{"text":"milk"}'
"""What `add` sends, as its hash is made of it."""

essays = APIRouter()


class Essay(Body):
    """A long note."""

    text: Annotated[str, StringConstraints(max_length=600_000)]


@essays.post("/essays", status_code=201)
async def add_essay(body: Essay, guest: Guest, once: OnceDep) -> Response:
    """Keep a long note and answer it."""
    return await once.run(keep_note, once.unit, body.text)


@pytest.fixture
async def client(servers: Servers, database_url: str, company_id: UUID) -> AsyncGenerator[httpx.AsyncClient]:
    """A guest of one company at the notes API, which takes long ones too."""
    headers = {"x-company-id": str(company_id), "x-session-token": new_token()}
    async with notes_client(notes_app(servers, database_url, routers=[essays]), headers=headers) as client:
        yield client


async def test_stored_answers_cannot_be_read_in_the_database(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """They may hold a session token, so they are sealed."""
    await add(client, "k-8", "a very particular text")

    async with database.unit(company_id) as unit:
        stored = await unit.fetchval("SELECT answer FROM idempotency_keys")

    assert b"particular" not in stored


async def test_an_answer_moved_to_another_key_cannot_be_opened(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """It is bound to its company, identity and key."""
    await add(client, "k-9")
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE idempotency_keys SET key = 'k-10'")

    assert (await add(client, "k-10")).status_code == 409


async def test_an_answer_that_older_code_stored_is_replayed(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Sealed as it was, before answers were compressed: a retry across a deployment has no second effect."""
    first = await add(client, "k-11")
    identity = f"guest:{session_hash(client)}"
    plain = b'{"headers":{"etag":"\\"1\\""},"problem":false}\n' + first.content
    sealed = Sealer(SecretStr(SEAL_KEY)).seal(plain, f"{company_id}\n{identity}\nk-11".encode())
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE idempotency_keys SET answer = $1", sealed)

    again = await add(client, "k-11")

    assert (again.status_code, again.content, again.headers["etag"]) == (201, first.content, '"1"')
    assert await kept(client) == ["milk"]


async def test_what_is_stored_is_compressed_and_bounded(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """A long text that repeats itself takes little; one that cannot be made short is refused, and has no effect."""
    repeated, random = "milk " * 40_000, token_urlsafe(400_000)

    answers = [
        await client.post("/essays", json={"text": text}, headers={"idempotency-key": key})
        for key, text in (("k-12", repeated), ("k-13", random))
    ]
    unkeyed = await client.post("/essays", json={"text": random})

    kept_one, refused = answers
    assert kept_one.status_code == unkeyed.status_code == 201
    assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENT_ANSWER_TOO_LARGE")
    assert await kept(client) == [repeated, random]
    async with database.unit(company_id) as unit:
        assert await unit.fetchval("SELECT sum(octet_length(answer)) FROM idempotency_keys") < 4_000


async def test_what_was_requested_cannot_be_guessed_from_the_database(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """An address in a body could be found by trying: what a key's row says of its request is keyed."""
    await add(client, "k-14")

    async with database.unit(company_id) as unit:
        row = await unit.fetchval("SELECT k::text FROM idempotency_keys k")
        stored = await unit.fetchval("SELECT request_hash FROM idempotency_keys")
    assert hashlib.sha256(REQUEST).digest() != stored
    assert hashlib.sha256(REQUEST).hexdigest() not in row


async def test_a_key_of_before_is_the_same_requests_still(
    client: httpx.AsyncClient, database: Database, company_id: UUID
) -> None:
    """Where older code noted the request, without a key: it is replayed to it, and refused to any other."""
    first = await add(client, "k-15")
    async with database.unit(company_id) as unit:
        await unit.execute("UPDATE idempotency_keys SET request_hash = $1", hashlib.sha256(REQUEST).digest())

    again, other = await add(client, "k-15"), await add(client, "k-15", "bread")

    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_keys_outlive_the_rotation_of_the_seal_key(
    client: httpx.AsyncClient, servers: Servers, database_url: str
) -> None:
    """A process that has the next key as well replays what was stored under the one before."""
    first = await add(client, "k-16")
    app = notes_app(servers, database_url, seal_key=f"{NEXT_SEAL_KEY},{SEAL_KEY}")

    async with notes_client(app, headers=dict(client.headers)) as rotated:
        again, other = await add(rotated, "k-16"), await add(rotated, "k-16", "bread")

    assert (again.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
