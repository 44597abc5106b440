"""A PostgreSQL of the stack's own: loopback only, durable unless for tests, under an account that is not root."""

import asyncio
import hashlib
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import asyncpg

from localservers.errors import StepFailed
from localservers.files import write_whole
from localservers.home import Home
from localservers.owners import Owner, data_directory, unprivileged_owner
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, is_alive, run_to_end
from localservers.readiness import until_ready
from localservers.secrets import ServerSecrets
from localservers.state import Running, load_running

NAME = "postgres"
STANDBY = "postgres-standby"
SUPERUSER = "cartwheel"
COMPLETE = "cartwheel.complete"

_SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 300
shared_buffers = 256MB
max_wal_size = 2GB
wal_compression = on
checkpoint_completion_target = 0.9
random_page_cost = 1.1
# A client that is lost or stands still holds its locks for half a minute, not for two hours.
tcp_keepalives_idle = 10
tcp_keepalives_interval = 5
tcp_keepalives_count = 3
tcp_user_timeout = 25s
idle_in_transaction_session_timeout = 30s
# What was acknowledged is on disk: the stack must show the durability of production, not a faster imitation. That of a
# volatile home is with the kernel, which writes it later: it outlasts whatever is killed, and no crash of the machine.
fsync = {fsync}
synchronous_commit = on
full_page_writes = on
log_min_messages = warning
log_timezone = 'UTC'
timezone = 'UTC'
# Turning archiving on later takes a restart, another command does not: nothing is archived until the file has one.
archive_mode = on
archive_command = 'true'
include_if_exists '{archiving}'
"""

ARCHIVING = "archiving.conf"
"""The file in the data directory in which whoever makes backups writes what sends WAL away."""


async def start_postgres(home: Home, secrets: ServerSecrets) -> str:
    """Start the server unless it runs, and return the superuser's address; the data of last time is kept."""
    return await _start(home, secrets, NAME, _make_cluster)


async def start_primary(home: Home, secrets: ServerSecrets) -> str:
    """Start the server as one that can come back as a standby of its standby, and return the superuser's address.

    A cluster that is made by this has checksums: without them pg_rewind would not see every block that was changed.
    """
    return await _start(home, secrets, NAME, partial(_make_cluster, options=("--data-checksums",)))


async def start_standby(home: Home, secrets: ServerSecrets) -> str:
    """Start a standby of the home's server unless it runs, and return the superuser's address.

    It begins as a copy of the server, which has to run by then, and is not waited for by commits: the caller sets
    `synchronous_standby_names` for that.
    """
    return await _start(home, secrets, STANDBY, _copy_cluster)


async def _start(
    home: Home,
    secrets: ServerSecrets,
    name: str,
    make: Callable[[Home, ServerSecrets, Path, Owner | None], None],
) -> str:
    owner = unprivileged_owner()
    data = data_directory(home, name, owner)
    if not _is_ours(data, secrets):
        await asyncio.to_thread(make, home, secrets, data, owner)
    running = load_running(home).get(name)
    port = reserve_port(home, name, in_use=running is not None and is_alive(running))  # taken at once by the server
    fsync = "off" if home.volatile_file.exists() else "on"
    settings = _SETTINGS.format(port=port, archiving=ARCHIVING, fsync=fsync)
    write_whole(data / "cartwheel.conf", settings)
    process = await ensure(home, secrets, _spec(name, data, port, owner, settings))
    address = f"postgresql://{SUPERUSER}:{secrets.postgres_password}@127.0.0.1:{port}/postgres"
    await _until_connected(home, process, address)
    return address


def _spec(name: str, data: Path, port: int, owner: Owner | None, settings: str) -> Spec:
    command = [str(find_program("postgres")), "-D", str(data), "-c", f"config_file={data / 'postgresql.conf'}"]
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
    return Spec(name, command, data, port, owner=owner, configuration=settings, stage=1, stop_signal=signal.SIGINT)


def _copy_cluster(home: Home, secrets: ServerSecrets, data: Path, owner: Owner | None) -> None:
    """Copy the home's running server, as one that repeats what it does (pg_basebackup)."""
    for leftover in data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    command = [str(find_program("pg_basebackup")), "--pgdata", str(data), "--dbname", conninfo(home, NAME)]
    command += ["--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream"]
    spec = Spec(STANDBY, command, cwd=data, owner=owner, environment=password_of(secrets))
    if run_to_end(home, secrets, spec):
        raise StepFailed(STANDBY, "the copy of the server failed", home.log(STANDBY))


def conninfo(home: Home, name: str) -> str:
    """Return how PostgreSQL's own programs reach a running server of the home; the password is `password_of`."""
    return f"host=127.0.0.1 port={load_running(home)[name].port} user={SUPERUSER} dbname=postgres"


def password_of(secrets: ServerSecrets) -> dict[str, str]:
    """Return the environment that gives PostgreSQL's own programs the superuser's password."""
    return {"PGPASSWORD": secrets.postgres_password}


def _make_cluster(
    home: Home, secrets: ServerSecrets, data: Path, owner: Owner | None, options: Sequence[str] = ()
) -> None:
    """Make an empty cluster, first removing what a run that was killed in the middle of this left.

    Outside the home the place may also hold the cluster of a clone that stood here before and was deleted: nobody has
    its password any more.
    """
    for leftover in data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    password = data.with_name("postgres.password")
    write_whole(password, secrets.postgres_password, mode=0o600)
    if owner:
        os.chown(password, owner.uid, owner.gid)
    command = [str(find_program("initdb")), "--pgdata", str(data), "--username", SUPERUSER, "--encoding", "UTF8"]
    command += ["--locale", "C.UTF-8", "--auth", "scram-sha-256", "--pwfile", str(password), *options]
    command += ["--no-sync"] if home.volatile_file.exists() else []
    code = run_to_end(home, secrets, Spec(NAME, command, cwd=data, owner=owner))
    password.unlink()
    if code:
        raise StepFailed(NAME, "initdb failed", home.log(NAME))
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("include_if_exists 'cartwheel.conf'\n")
    (data / COMPLETE).write_text(_seal(secrets))


def _is_ours(data: Path, secrets: ServerSecrets) -> bool:
    """Whether a whole cluster is there, and was made with this home's secrets."""
    try:
        return (data / COMPLETE).read_text() == _seal(secrets)
    except FileNotFoundError:
        return False


def _seal(secrets: ServerSecrets) -> str:
    return hashlib.sha256(secrets.postgres_password.encode()).hexdigest()


async def _until_connected(home: Home, process: Running, address: str) -> None:
    async def connect() -> None:
        try:
            connection = await asyncpg.connect(address, timeout=5)
        except asyncpg.CannotConnectNowError as starting:
            raise ConnectionRefusedError(str(starting)) from starting
        await connection.close()

    await until_ready(home, process, connect)
