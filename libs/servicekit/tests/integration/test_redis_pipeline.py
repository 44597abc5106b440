"""One connection for the commands of all callers, on a real Redis that is cut off, silent, or refuses."""

import asyncio
import subprocess
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import InvalidResponse, NoScriptError, ResponseError
from servicekit.errors import RateLimited429
from servicekit.process.limiter import Limit, Limiter
from servicekit.process.redis_pipeline import RedisPipeline
from servicekit.process.startup import open_redis
from servicekit.testing import Servers, poll
from servicekit.testing.processes import free_port
from servicekit.testing.proxies import wired

TIMEOUT = 0.3


@asynccontextmanager
async def pipeline_to(url: str) -> AsyncGenerator[RedisPipeline]:
    """A pipeline to this Redis."""
    client = open_redis(url)
    pipeline = RedisPipeline(client, TIMEOUT)
    yield pipeline
    await pipeline.close()
    await client.aclose()


def fresh_key() -> bytes:
    """A key that nobody else has."""
    return f"test:{uuid4()}".encode()


async def test_each_caller_gets_its_own_answer(servers: Servers) -> None:
    """Two hundred at once, in the order in which they asked."""
    key = fresh_key()
    async with pipeline_to(servers.redis_url) as pipeline:
        answers = await asyncio.gather(*(pipeline.command(b"INCR", key) for _ in range(200)))

    assert answers == list(range(1, 201))


async def test_a_refusal_is_the_callers_alone(servers: Servers) -> None:
    """Who asks beside it, and after it, is answered."""
    key = fresh_key()
    async with pipeline_to(servers.redis_url) as pipeline:
        found = await asyncio.gather(
            pipeline.command(b"INCR", key),
            pipeline.command(b"NONSENSE"),
            pipeline.command(b"EVALSHA", b"0" * 40, b"0"),
            pipeline.command(b"INCR", key),
            return_exceptions=True,
        )

    assert (found[0], type(found[1]), type(found[2]), found[3]) == (1, ResponseError, NoScriptError, 2)


async def test_null_is_none(servers: Servers) -> None:
    """What a script returns for false."""
    async with pipeline_to(servers.redis_url) as pipeline:
        assert await pipeline.command(b"EVAL", b"return false", b"0") is None


async def test_an_answer_of_another_kind_ends_the_connection(servers: Servers) -> None:
    """What would follow on it could belong to anybody."""
    key = fresh_key()
    async with pipeline_to(servers.redis_url) as pipeline:
        with pytest.raises(InvalidResponse):
            await pipeline.command(b"PING", b"with a text")

        assert await pipeline.command(b"INCR", key) == 1


async def test_a_lost_connection_is_replaced(servers: Servers) -> None:
    """While it lay idle, or with a command on it."""
    key = fresh_key()
    async with wired(servers.redis_url) as (wire, url), pipeline_to(url) as pipeline:
        await pipeline.command(b"INCR", key)
        wire.cut()
        with pytest.raises(ConnectionError):
            await pipeline.command(b"INCR", key)
        wire.mend()

        assert await pipeline.command(b"INCR", key) == 2


async def test_a_silent_redis_is_an_error_for_everybody_in_hand(servers: Servers) -> None:
    """Late answers are never taken for those of later commands."""
    key, other = fresh_key(), fresh_key()
    async with wired(servers.redis_url) as (wire, url), pipeline_to(url) as pipeline:
        await pipeline.command(b"INCR", key)
        wire.stall()
        late = await asyncio.gather(*(pipeline.command(b"INCR", key) for _ in range(3)), return_exceptions=True)
        wire.mend()

        assert [type(error) for error in late] == [TimeoutError] * 3
        assert await pipeline.command(b"INCR", other) == 1


async def test_who_gives_up_takes_nobodys_answer(servers: Servers) -> None:
    """A caller that was cancelled keeps its place in the order."""
    key = fresh_key()
    async with pipeline_to(servers.redis_url) as pipeline:
        await pipeline.command(b"INCR", key)
        gone = asyncio.create_task(pipeline.command(b"INCR", key))
        following = asyncio.create_task(pipeline.command(b"INCR", key))
        await asyncio.sleep(0)  # both are sent
        gone.cancel()

        assert await following == 3


async def test_the_address_names_the_database(servers: Servers) -> None:
    """As redis-py reads it."""
    key, url = fresh_key(), urlsplit(servers.redis_url)._replace(path="/3").geturl()
    async with pipeline_to(url) as pipeline:
        await pipeline.command(b"INCR", key)

    client = Redis.from_url(url)
    assert await client.get(key) == b"1"
    await client.aclose()


async def test_limits_are_counted_locally_while_redis_is_silent(servers: Servers) -> None:
    """A slow Redis counts as away, and is asked again when it is back."""
    once, identity = Limit("silent", "1/minute"), str(uuid4())
    async with wired(servers.redis_url) as (wire, url):
        client = open_redis(url)
        limiter = Limiter(client, "notes")
        wire.stall()
        await limiter.hit(once, identity)
        with pytest.raises(RateLimited429):
            await limiter.hit(once, identity)
        wire.mend()
        await limiter.hit(Limit("back", "1/minute"), identity)

        assert await client.keys(f"limits:notes:*back*{identity}*") != []
        await limiter.close()
        await client.aclose()


async def test_a_user_with_a_password_is_let_in(servers: Servers) -> None:
    """By the name and password of the address."""
    key = fresh_key()
    async with a_user(servers) as (name, url), pipeline_to(url) as pipeline:
        assert await pipeline.command(b"INCR", key) == 1
        assert name in await clients_of(servers)


async def test_a_connection_that_is_not_let_in_does_not_stay_behind(servers: Servers) -> None:
    """However often it is tried; the caller hears why."""
    before = len(await clients_of(servers))
    async with pipeline_to(servers.redis_url.replace("redis://", "redis://nobody:wrong@")) as pipeline:
        for _ in range(5):
            with pytest.raises(ResponseError, match="WRONGPASS"):
                await pipeline.command(b"PING")

        await poll(lambda: clients_of(servers), until=lambda clients: len(clients) <= before)


async def test_an_encrypted_connection_and_a_socket_of_the_machine_are_used(guarded: dict[str, str]) -> None:
    """Both with a password, and to a certificate that the address says to trust."""
    for count, url in enumerate(guarded.values(), start=1):
        async with pipeline_to(url) as pipeline:
            assert await pipeline.command(b"INCR", b"counted") == count


@asynccontextmanager
async def a_user(servers: Servers) -> AsyncGenerator[tuple[str, str]]:
    """A user of the tests' Redis, for this test: the name, and the address with name and password."""
    name = f"test-{uuid4().hex}"
    admin = open_redis(servers.redis_url)
    await admin.execute_command("ACL", "SETUSER", name, "on", ">secret", "~*", "+@all")
    yield name, servers.redis_url.replace("redis://", f"redis://{name}:secret@")
    await admin.execute_command("ACL", "DELUSER", name)
    await admin.aclose()


async def clients_of(servers: Servers) -> list[str]:
    """The users of the connections that Redis has, but for the one that looks."""
    admin = open_redis(servers.redis_url)
    clients = await admin.client_list()
    own = await admin.client_id()
    await admin.aclose()
    return [client["user"] for client in clients if int(client["id"]) != own]


@pytest.fixture
def guarded(tmp_path: Path) -> Generator[dict[str, str]]:
    """The addresses of a Redis with a password, that listens with TLS and on a socket of the machine."""
    certificate, key, path, port = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "redis.sock", free_port()
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    options = {
        "port": "0",
        "tls-port": str(port),
        "bind": "127.0.0.1",
        "tls-cert-file": str(certificate),
        "tls-key-file": str(key),
        "tls-ca-cert-file": str(certificate),
        "tls-auth-clients": "no",
        "unixsocket": str(path),
        "requirepass": "secret",
        "save": "",
        "dir": str(tmp_path),
    }
    command = ["redis-server", *(part for name, value in options.items() for part in (f"--{name}", value))]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not path.exists():
            assert server.poll() is None
            time.sleep(0.01)
        yield {
            "tls": f"rediss://:secret@localhost:{port}?ssl_ca_certs={certificate}",
            "socket": f"unix://:secret@{path}",
        }
    finally:
        server.terminate()
        server.wait()
