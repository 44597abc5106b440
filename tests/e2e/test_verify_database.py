"""An operator asks whether every service's database is as the code expects, and is told where one is not."""

import asyncio
import os
import sys

from .stack import SERVICES, Stack


async def verify(stack: Stack) -> tuple[int, str, str]:
    """What `make verify-database` ends with, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cartwheel_local",
        "run",
        "all",
        "verify-database",
        env={**os.environ, "CARTWHEEL_HOME": str(stack.home.path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    return process.returncode or 0, output.decode(), errors.decode()


async def test_every_database_is_verified_and_what_one_lacks_is_named(stack: Stack) -> None:
    """All are as they should be; an index taken away is named, the others are asked nevertheless."""
    status, output, errors = await verify(stack)
    assert (status, errors) == (0, "")
    assert [service for service in SERVICES if f"{service}: " not in output] == []

    async with stack.database("cart") as database:
        definition = await database.fetchval("SELECT pg_get_indexdef('outbox_published'::regclass)")
        await database.execute("DROP INDEX outbox_published")
        lacking = await verify(stack)
        await database.execute(definition)

    assert lacking[0] == 1
    assert lacking[2] == "fault: index outbox.outbox_published is missing\n"
    assert "cart: 1 fault" in lacking[1]
    assert [service for service in SERVICES if f"{service}: " not in lacking[1]] == []
