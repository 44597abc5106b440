"""What PgBouncer in transaction mode costs an add, beside the same api that connects directly."""

import subprocess

import psutil
from localservers.packages import find_program
from localservers.pgbouncer import pooling
from servicekit.db.connections import SESSION_SETTINGS

from bench.api_processes import api_processes
from bench.cpu import cpu_seconds, spent_between
from bench.session import Session
from bench.stack import API_ALONE

SERVER_CONNECTIONS = 10
"""As many as the api has without a pooler: what it costs is measured, not what waiting costs."""
_NO_CACHE = {"DB_STATEMENT_CACHE_SIZE": "0"}
_CONNECTIONS = (1, 16)


async def pooled_adds(session: Session) -> None:
    """Adds directly, directly with every statement parsed anew as an old PgBouncer asks for it, and through one."""
    stack = session.stack
    await stack.keep_only(API_ALONE)
    direct = stack.database_url("cart")
    async with pooling(direct, connections=SERVER_CONNECTIONS, settings=SESSION_SETTINGS) as address:
        await _adds(session, "direct", {})
        await _adds(session, "direct, no statement cache", _NO_CACHE)
        pids = [process.pid for process in psutil.Process().children() if process.name() == "pgbouncer"]
        before = cpu_seconds({"pgbouncer": pids})
        through = {"DATABASE_URL": address, "DATABASE_DIRECT_URL": direct, **_NO_CACHE}
        adds = await _adds(session, "PgBouncer", through)
        spent = spent_between(before, cpu_seconds({"pgbouncer": pids}))["pgbouncer"]
    session.report.notes.append(f"{_version()} spent {spent * 1_000_000 / max(adds, 1):,.0f} µs for an add.")


async def _adds(session: Session, where: str, settings: dict[str, str]) -> int:
    """Measure adds to an api process with these settings; how many were answered."""
    answered = 0
    async with api_processes(session.stack, 1, settings) as apis:
        for connections in _CONNECTIONS:
            requests = await session.requests_of("add item", session.plan.prepared("add item"))
            measured = await session.closed(where, "add item", connections, apis.address, requests, api=apis.pids)
            answered += measured.load.answers
    return answered


def _version() -> str:
    shown = subprocess.run([find_program("pgbouncer"), "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.splitlines()[0]
