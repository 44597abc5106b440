"""A PgBouncer before one database, in transaction mode: a server connection belongs to a client for one transaction."""

import asyncio
import os
import socket
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from localservers.errors import StepFailed
from localservers.files import write_whole
from localservers.owners import Owner, unprivileged_owner
from localservers.packages import find_program

START_SECONDS = 60.0
STOP_SECONDS = 10.0

_SETTINGS = """\
[databases]
{name} = {target} connect_query='{first}'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 1000
ignore_startup_parameters = {ignored}
"""


@asynccontextmanager
async def pooling(
    database_url: str, *, connections: int, settings: Mapping[str, str], max_prepared: int | None = None
) -> AsyncGenerator[str]:
    """Run a pooler of so many server connections before a database, and give the address that leads through it.

    `settings` are PostgreSQL's that clients send when they connect: the pooler drops them there, and sets them on each
    server connection itself. `max_prepared` is for PgBouncer 1.21 and newer: prepared statements that it follows. Who
    connects is not asked for a password: loopback only. Raises StepFailed with what it printed when it does not start.
    """
    owner, port = unprivileged_owner(), _free_port()
    with tempfile.TemporaryDirectory(prefix="cartwheel-pgbouncer-") as place:
        directory = Path(place)
        text = _text(database_url, port, connections, settings)
        if max_prepared is not None:
            text += f"max_prepared_statements = {max_prepared}\n"
        _write(directory / "pgbouncer.ini", text, owner)
        log = directory / "log"
        process = _start(directory, log, owner)
        try:
            await _until_accepting(process, port, log)
            parts = urlsplit(database_url)
            yield urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))
        finally:
            await asyncio.to_thread(_stop, process)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _text(database_url: str, port: int, connections: int, settings: Mapping[str, str]) -> str:
    parts = urlsplit(database_url)
    name = parts.path.removeprefix("/")
    target = {"host": parts.hostname, "port": str(parts.port or 5432), "dbname": name, "user": parts.username}
    if parts.password:
        target["password"] = unquote(parts.password)
    first = "; ".join(f"SET {setting} = ''{value}''" for setting, value in settings.items())
    written = " ".join(f"{key}={value}" for key, value in target.items())
    return _SETTINGS.format(
        name=name, target=written, first=first, port=port, connections=connections, ignored=", ".join(settings)
    )


def _write(file: Path, text: str, owner: Owner | None) -> None:
    """Write what holds a password, for the account that reads it alone."""
    write_whole(file, text, mode=0o600)
    if owner:
        for path in (file.parent, file):
            os.chown(path, owner.uid, owner.gid)


def _start(directory: Path, log: Path, owner: Owner | None) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [find_program("pgbouncer"), str(directory / "pgbouncer.ini")],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )


async def _until_accepting(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while process.poll() is None and asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.02)
            continue
        writer.close()
        return
    raise StepFailed("pgbouncer", f"did not start: {await asyncio.to_thread(_end_of, log)}", log)


def _end_of(log: Path) -> str:
    return log.read_text()[-500:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
