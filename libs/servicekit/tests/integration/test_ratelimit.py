"""Rate limits over a real Redis: exact over all processes, and what happens without it."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from servicekit.auth.service_tokens import mint_service_token
from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.ids import new_token
from servicekit.process.limiter import Limit, Limiter, Window
from servicekit.process.redis_pipeline import RedisPipeline
from servicekit.process.startup import open_redis
from servicekit.testing import Servers, mint_jwt
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

from ..notes import NOWHERE, notes_app, notes_client

LIMIT = Limit("add_item", "30/minute")


@pytest.fixture
async def redis(servers: Servers) -> AsyncGenerator[Redis]:
    """A client of the tests' Redis."""
    client = open_redis(servers.redis_url)
    yield client
    await client.aclose()


async def passed(limiter: Limiter, identity: str, limit: Limit = LIMIT, *others: Window) -> bool:
    """Whether one more request passes."""
    try:
        await limiter.hit(limit, identity, *others)
    except RateLimited429:
        return False
    return True


async def test_two_processes_share_one_count(servers: Servers) -> None:
    """100 requests at once over two limiters: exactly 30 pass (within 1 %)."""
    clients = [open_redis(servers.redis_url) for _ in range(2)]
    limiters = [Limiter(client, "notes") for client in clients]
    identity = str(uuid4())

    answers = await asyncio.gather(*(passed(limiters[turn % 2], identity) for turn in range(100)))

    assert sum(answers) == 30
    for client in clients:
        await client.aclose()


async def test_everybody_has_a_count_of_their_own(redis: Redis) -> None:
    """By identity, and by the limit's name."""
    limiter, once = Limiter(redis, "notes"), Limit("once", "1/minute")
    ada, bob = str(uuid4()), str(uuid4())

    assert await passed(limiter, ada, once)
    assert not await passed(limiter, ada, once)
    assert await passed(limiter, bob, once)
    assert await passed(limiter, ada, Limit("another", "1/minute"))


async def test_several_windows_count_together_in_one_round_trip(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request counts in all of them or in none, and costs no round trip more than with one."""
    limiter, cart = Limiter(redis, "notes"), Window(Limit("one_cart", "3/minute"), str(uuid4()))
    await limiter.hit(LIMIT, str(uuid4()))  # the script is known to Redis by now
    sent: list[bytes] = []
    send = RedisPipeline.command

    async def count(pipeline: RedisPipeline, *parts: bytes) -> int | None:
        sent.append(parts[0])
        return await send(pipeline, *parts)

    monkeypatch.setattr(RedisPipeline, "command", count)
    ada, bob = Limit("add_item", "2/minute"), Limit("add_item", "2/minute")
    names = {"ada": str(uuid4()), "bob": str(uuid4())}

    answers = [await passed(limiter, names["ada"], ada, cart) for _ in range(3)]
    answers += [await passed(limiter, names["bob"], bob, cart) for _ in range(2)]
    alone = await passed(limiter, names["bob"], bob)

    assert answers == [True, True, False, True, False]  # ada's own is full, then the cart's
    assert alone  # what the cart's window refused did not count in bob's
    assert sent == [b"EVALSHA"] * 6


async def test_a_refusal_says_when_to_come_back(redis: Redis) -> None:
    """Retry-After and the RateLimit headers, in whole seconds."""
    limiter, once = Limiter(redis, "notes"), Limit("once", "1/hour")
    identity = str(uuid4())
    await limiter.hit(once, identity)

    with pytest.raises(RateLimited429) as refused:
        await limiter.hit(once, identity)

    headers = refused.value.headers
    assert 3590 <= int(headers["Retry-After"]) <= 3601
    assert headers["RateLimit-Policy"] == '"once";q=1;w=3600'
    assert headers["RateLimit"].startswith('"once";r=0;t=')


async def test_a_flushed_redis_is_no_error(redis: Redis) -> None:
    """Counts and scripts are gone; requests pass and are counted again."""
    limiter = Limiter(redis, "notes")
    identity = str(uuid4())
    assert await passed(limiter, identity)

    await redis.script_flush()

    assert await passed(limiter, identity)


async def test_without_redis_carts_count_locally_and_codes_are_closed() -> None:
    """The fallback is the limit's own."""
    client = open_redis(NOWHERE.redis_url)
    limiter = Limiter(client, "notes")
    local, closed = Limit("local", "2/minute"), Limit("closed", "2/minute", "closed")
    shared = Window(Limit("one_cart", "3/minute"), "a cart")

    assert [await passed(limiter, "ada", local, shared) for _ in range(3)] == [True, True, False]
    assert [await passed(limiter, "bob", local, shared) for _ in range(2)] == [True, False]
    with pytest.raises(ServiceUnavailable503):
        await limiter.hit(closed, "ada")
    await client.aclose()


async def test_a_limited_route_answers_429_to_the_one_who_asks_too_much(servers: Servers) -> None:
    """Sessions apart, companies apart, addresses apart; a problem document with the headers."""
    company = {"x-company-id": str(uuid4())}
    sessions = [{**company, "x-session-token": new_token()} for _ in range(2)]
    async with notes_client(notes_app(servers)) as client:
        statuses = [(await client.post("/limited/local", headers=sessions[0])).status_code for _ in range(4)]
        other = await client.post("/limited/local", headers=sessions[1])
        customer = {"authorization": f"Bearer {mint_jwt(uuid4(), 'ada')}"}
        signed_in = await client.post("/limited/local", headers=customer)
        refused = await client.post("/limited/local", headers=sessions[0])

    assert statuses == [200, 200, 200, 429]
    assert (other.status_code, signed_in.status_code) == (200, 200)
    assert refused.json()["code"] == "RATE_LIMITED"
    assert int(refused.headers["retry-after"]) > 0


async def test_guessing_tokens_is_counted_by_address(servers: Servers) -> None:
    """A new broken token each time is still one caller."""
    headers = {"x-company-id": str(uuid4())}
    async with notes_client(notes_app(servers), address="198.51.100.44") as client:
        statuses = [
            (await client.post("/limited/local", headers={**headers, "authorization": f"Bearer {turn}"})).status_code
            for turn in range(4)
        ]

    assert statuses == [200, 200, 200, 429]


async def test_a_backfill_is_not_limited(servers: Servers) -> None:
    """A year of invoices comes in faster than any shopper (api.md, "Auth")."""
    token = mint_service_token(SERVICE_TOKEN_SECRET, "replay", ["backfill"])
    headers = {"x-company-id": str(uuid4()), "authorization": f"Bearer {token}"}
    async with notes_client(notes_app(servers)) as client:
        statuses = {(await client.post("/limited/local", headers=headers)).status_code for _ in range(10)}

    assert statuses == {200}


async def test_what_was_counted_of_somebody_is_forgotten(redis: Redis) -> None:
    """In every window that is theirs, and of nobody else."""
    limiter, other = Limiter(redis, "forgetting"), Limit("other", "1/hour")
    mine, theirs = f"customer:{uuid4()}", f"customer:{uuid4()}"
    for identity in (mine, theirs):
        assert await passed(limiter, identity)
        assert await passed(limiter, identity, other)

    await limiter.forget(mine, [LIMIT, other])

    assert [key async for key in redis.scan_iter(match=f"*{mine}*")] == []
    assert len([key async for key in redis.scan_iter(match=f"*{theirs}*")]) == 2
    await limiter.close()
