"""The standby takes over, and the primary that was lost comes back."""

import asyncio
import os
import signal

import asyncpg
from localservers import servers
from localservers.failover import make_synchronous, promote, rejoin
from localservers.home import Home
from localservers.postgres import NAME, STANDBY, start_primary, start_standby
from localservers.processes import is_alive
from localservers.secrets import ServerSecrets, keep_secrets
from localservers.state import load_running


async def test_a_lost_primary_comes_back_without_what_only_it_had(durable_home: Home) -> None:
    """What was committed on both stays, what had not reached the standby is gone, and the two go on as a pair."""
    home, secrets = durable_home, keep_secrets(durable_home, ServerSecrets)
    try:
        first, second = await start_primary(home, secrets), await start_standby(home, secrets)
        await execute(first, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('both')")
        await make_synchronous(first)
        await execute(first, "INSERT INTO kept VALUES ('synchronous')")
        await stop_hard(home, STANDBY)
        await execute(first, "SET synchronous_commit = local", "INSERT INTO kept VALUES ('alone')")
        await stop_hard(home, NAME)
        await start_standby(home, secrets)

        await promote(second)
        await execute(second, "INSERT INTO kept VALUES ('afterwards')")
        await rejoin(home, secrets, NAME, STANDBY, second)
        await make_synchronous(second)
        await execute(second, "INSERT INTO kept VALUES ('together')")

        assert await words(first) == await words(second) == ["both", "synchronous", "afterwards", "together"]
        assert await is_standby(first)
        assert not await is_standby(second)
    finally:
        await asyncio.to_thread(servers.stop, home.path)


async def execute(url: str, *statements: str) -> None:
    """Execute statements, each in a transaction of its own."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def words(url: str) -> list[str]:
    """What is kept; a standby that has been told of a commit may show it a little later."""
    deadline = asyncio.get_running_loop().time() + 60
    connection = await asyncpg.connect(url)
    try:
        while True:
            found = [row["word"] for row in await connection.fetch("SELECT word FROM kept")]
            if "together" in found or asyncio.get_running_loop().time() > deadline:
                return found
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def is_standby(url: str) -> bool:
    """Whether the server repeats what another does."""
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("SELECT pg_is_in_recovery()"))
    finally:
        await connection.close()


async def stop_hard(home: Home, name: str) -> None:
    """End a server at once, as a lost machine ends."""
    process = load_running(home)[name]
    os.kill(process.pid, signal.SIGQUIT)  # PostgreSQL's immediate shutdown: nothing is written any more
    while is_alive(process):
        os.sched_yield()
