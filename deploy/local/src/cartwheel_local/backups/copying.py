"""Copying one database from one PostgreSQL to another, and showing that the copy has every row."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
from localservers.errors import StepFailed
from localservers.owners import data_directory
from localservers.packages import find_program
from localservers.processes import Spec, run_to_end

from cartwheel_local.backups.errors import BackupDamaged
from cartwheel_local.backups.pgbackrest import PgBackRest
from cartwheel_local.console_reporter import ConsoleReporter

_DUMP = "database-dump"
_TABLES = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_ROWS = """
SELECT '{table}' AS name, count(*) AS rows, sum(hashtextextended(t::text, 0)::numeric)::text AS hash FROM {table} t
"""
_OBJECTS = """
SELECT 'kind ' || relkind::text AS name, count(*) AS rows FROM pg_class WHERE relnamespace IN (SELECT oid FROM ours)
GROUP BY 1
UNION ALL SELECT 'constraints', count(*) FROM pg_constraint WHERE connamespace IN (SELECT oid FROM ours)
UNION ALL SELECT 'functions', count(*) FROM pg_proc WHERE pronamespace IN (SELECT oid FROM ours)
UNION ALL SELECT 'triggers', count(*) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'policies', count(*) FROM pg_policy
UNION ALL SELECT 'sequence ' || sequencename, coalesce(last_value, 0) FROM pg_sequences
"""
_OURS = "WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')"


@dataclass(frozen=True, slots=True)
class Content:
    """What a database has: how many objects of each kind, where its sequences are, and each table's rows.

    Of a table's rows it has the number and a sum of their hashes, whatever their order.
    """

    objects: frozenset[tuple[str, int]]
    tables: frozenset[tuple[str, int, str | None]]

    @property
    def rows(self) -> int:
        """How many rows its tables have together."""
        return sum(rows for _, rows, _ in self.tables)

    def differences(self, other: "Content") -> list[str]:
        """Name the tables and kinds of objects in which the two are not equal."""
        return sorted({entry[0] for entry in (self.objects ^ other.objects) | (self.tables ^ other.tables)})


def database_at(address: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


async def read_content(address: str) -> Content:
    """Read every row of a database; two that are equal in all of it are copies."""
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            objects = await connection.fetch(_OURS + _OBJECTS)
            tables = [row[0] for row in await connection.fetch(_TABLES)]
            every = " UNION ALL ".join(_ROWS.format(table=table) for table in tables)
            rows = await connection.fetch(every) if tables else []
    finally:
        await connection.close()
    return Content(
        frozenset((row["name"], row["rows"]) for row in objects),
        frozenset((row["name"], row["rows"], row["hash"]) for row in rows),
    )


@asynccontextmanager
async def verified_copy(
    program: PgBackRest, source: str, server: str, name: str, owner: str, reporter: ConsoleReporter
) -> AsyncIterator[Content]:
    """Make a database of this name on a server with all that the database `source` has, and show that it has.

    It is dropped at the end, unless it has another name by then. `source` and `server` are superusers' addresses.
    Raises BackupDamaged naming the tables that are not equal.
    """
    maintenance = await asyncpg.connect(server)
    try:
        target = database_at(server, name)
        with reporter.step(f"Copy of {owner}"):
            await _drop(maintenance, name)
            await maintenance.execute(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE template0')
            await maintenance.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
            await asyncio.to_thread(_copy, program, source, target)
        with reporter.step("Comparison row by row"):
            original, copy = await read_content(source), await read_content(target)
            if different := original.differences(copy):
                raise BackupDamaged(f"the copy of {owner} is not what was restored: {', '.join(different)}")
            await _analyze(target)
        yield copy
    finally:
        await _drop(maintenance, name)
        await maintenance.close()


def _copy(program: PgBackRest, source: str, target: str) -> None:
    """pg_dump and pg_restore, through a directory that only PostgreSQL's account can read, and that is deleted."""
    directory = data_directory(program.home, _DUMP, program.owner)
    dump = directory / "dump"
    shutil.rmtree(dump, ignore_errors=True)
    try:
        _run(program, "pg_dump", source, directory, "--format=directory", "--compress=0", "--jobs=2", f"--file={dump}")
        _run(program, "pg_restore", target, directory, "--exit-on-error", "--jobs=2", str(dump))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _run(program: PgBackRest, name: str, address: str, directory: Path, *options: str) -> None:
    parts = urlsplit(address)
    place = [f"--host={parts.hostname}", f"--port={parts.port}", f"--username={parts.username}"]
    command = [str(find_program(name)), *place, f"--dbname={parts.path.removeprefix('/')}", "--no-password", *options]
    password = {"PGPASSWORD": unquote(parts.password or "")}
    spec = Spec(name, command, cwd=directory, owner=program.owner, environment=password)
    if run_to_end(program.home, program.secrets, spec):
        raise StepFailed(name, "it failed", program.home.log(name))


async def _analyze(address: str) -> None:
    """Count the values of every column: without that the service's first queries would be planned blindly."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _drop(connection: "asyncpg.Connection", name: str) -> None:
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
