"""Looking for a text in everything that the stack keeps, as somebody would who got hold of its disks and backups."""

import asyncio
import base64
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path

from localservers.packages import find_program
from redis.asyncio import Redis

from .stack import SERVICES, Stack


def canary() -> str:
    """A word that stands nowhere else; long enough to be seen through an encoding."""
    return f"canary{secrets.token_hex(12)}"


def forms_of(word: str) -> Sequence[bytes]:
    """A word as it is, as a dump writes bytes, and as base64 at each of the three places it may begin at."""
    plain = word.encode()
    encoded = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, plain.hex().encode(), *encoded]


async def files_with(stack: Stack, words: Collection[str]) -> set[str]:
    """Files of the stack that have one of the words in any form, by their path in its home.

    Those are the servers' data, with write-ahead logs, queues and snapshots, and all logs. The mailbox is none of them:
    it stands for the shoppers' own.
    """
    patterns = b"\n".join(form for word in words for form in forms_of(word))
    root = stack.home.path
    grep = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", "--file=-"]
    found = await _output([*grep, str(root)], given=patterns, statuses=(0, 1))
    files = {str(Path(line).relative_to(root)) for line in found.decode().splitlines()}
    return {file for file in files if not Path(file).name.startswith("mailbox")}


async def dumps_with(stack: Stack, words: Collection[str]) -> set[str]:
    """Services whose backup (`pg_dump`) has one of the words in any form."""
    forms = [form for word in words for form in forms_of(word)]
    dumps = await asyncio.gather(*(_dump(stack, service) for service in SERVICES))
    return {service for service, dump in zip(SERVICES, dumps, strict=True) if any(form in dump for form in forms)}


async def write_out(stack: Stack) -> None:
    """Have PostgreSQL and Redis write to their files what they hold in memory."""
    async with stack.database("cart") as connection:
        await connection.execute("CHECKPOINT")
    async with Redis.from_url(stack.env["REDIS_URL"]) as redis:
        await redis.save()


async def _dump(stack: Stack, service: str) -> bytes:
    program = find_program("postgres").with_name("pg_dump")
    return await _output([str(program), "--no-owner", stack.database_url(service)])


async def _output(command: Sequence[str], *, given: bytes | None = None, statuses: Collection[int] = (0,)) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate(given)
    assert process.returncode in statuses, errors.decode()
    return output
