"""Migrations: one Alembic environment for all services, and the operations their scripts use.

A service has its scripts in `migrations/versions`. The first one calls `create_chassis_tables()`, makes the service's
own tables and calls `enable_rls(table)` for each with a company_id. The database role that runs the service owns the
tables and is no superuser: row-level security is forced on it too.

Scripts only expand (docs/adr/0023): what an older version of the service reads and writes stays, so that a service can
be rolled back alone, and its older `migrate` finds nothing to do.
"""

import asyncio
from pathlib import Path
from time import sleep

import asyncpg
import structlog
from alembic import command, context, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from servicekit.db import chassis_tables, row_security

_ENVIRONMENT = Path(__file__).parent / "alembic_environment"
"""The folder with the env.py that Alembic insists on."""
_DDL_LOCK_TIMEOUT = "1s"
"""While a statement waits for a table, everybody else who comes for that table waits behind it."""
ATTEMPTS = 60
PAUSE_SECONDS = 1.0
"""Between two attempts to lock a table: those who waited behind the first have their turn."""
_LOCK_NOT_AVAILABLE = "55P03"
_NEWER = "newer_revision"
_ONE_AT_A_TIME = "SELECT pg_try_advisory_lock(hashtextextended('migrations', 0))"
_TURN_SECONDS = 0.2
"""Between two looks whether another process migrates: a statement that waited for it would be a transaction that a
CREATE INDEX CONCURRENTLY of the other waits for."""

log = structlog.get_logger()


class TableInUse(Exception):
    """A table that a script alters was in use at each attempt; what earlier scripts did stays, begin again later."""


def run(migrations: Path, database_url: str) -> str | None:
    """Bring a database to the newest revision; idempotent, and safe to start from many places at once.

    A database that a newer version of the service has migrated stays as it is: its revision is returned, else None.
    A script whose table is in use is rolled back and tried again; raises TableInUse after about two minutes.
    Blocks, and runs an event loop of its own: from a coroutine call it with asyncio.to_thread, once at a time in a
    process (Alembic keeps its context in module globals).
    """
    config = configuration(migrations)
    config.attributes["database_url"] = database_url
    _upgrade(config)
    newer: str | None = config.attributes.get(_NEWER)
    return newer


def configuration(migrations: Path) -> Config:
    """What Alembic needs to know of a service's scripts."""
    config = Config()
    config.set_main_option("script_location", _written(_ENVIRONMENT))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _written(migrations / "versions"))
    return config


def _upgrade(config: Config) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return command.upgrade(config, "head")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            log.info("table_in_use", attempt=attempt, statement=error.statement)
            if attempt == ATTEMPTS:
                message = f"another transaction holds what this needs, {ATTEMPTS} times over: {error.statement}"
                raise TableInUse(message) from error
        sleep(PAUSE_SECONDS)
    return None


def _written(path: Path) -> str:
    """A path as a configuration file would have it."""
    return str(path).replace("%", "%%")


def run_environment() -> None:
    """What Alembic's env.py does: connect, take the lock, and run the scripts that are asked for."""
    asyncio.run(_run_online(context.config.attributes["database_url"]))


async def _run_online(database_url: str) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(database_url),  # libpq addresses as the services use them
        poolclass=NullPool,
    )
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


def _migrate(connection: Connection) -> None:
    _wait_for_turn(connection)
    connection.exec_driver_sql(f"SET lock_timeout = '{_DDL_LOCK_TIMEOUT}'")
    connection.exec_driver_sql("SET app.company_id = '*'")  # a script that moves data sees every tenant's
    connection.commit()
    if (newer := _newer_revision(connection)) is not None:
        context.config.attributes[_NEWER] = newer
        return
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def _wait_for_turn(connection: Connection) -> None:
    """Take the lock of who migrates, which is released with the connection."""
    while not connection.exec_driver_sql(_ONE_AT_A_TIME).scalar_one():
        connection.rollback()
        sleep(_TURN_SECONDS)


def build_index(name: str, table: str, columns: str, *, unique: bool = False, where: str | None = None) -> None:
    """Build an index while everybody goes on using its table; one that an ended call left half built is built again.

    What the script did before is committed: a script that calls it does nothing else. It waits as long as a transaction
    lasts that is older, and nobody waits behind it.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        rows = f" WHERE {where}" if where else ""
        op.execute(f"CREATE {'UNIQUE ' if unique else ''}INDEX CONCURRENTLY {name} ON {table} ({columns}){rows}")
        op.execute(f"SET lock_timeout = '{_DDL_LOCK_TIMEOUT}'")


def _newer_revision(connection: Connection) -> str | None:
    """The database's revision if it is of scripts that come after all of ours; revisions are numbered in order."""
    (ours,) = context.script.get_heads()
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # reading has begun a transaction
    known = {script.revision for script in context.script.walk_revisions()}
    return current if current is not None and current not in known and current > ours else None


def chassis_metadata(metadata: MetaData) -> MetaData:
    """Add the chassis tables to a service's metadata, once, and return it."""
    for table in chassis_tables.METADATA.tables.values():
        if table.name not in metadata.tables:
            table.to_metadata(metadata)
    return metadata


def create_chassis_tables() -> None:
    """Make outbox, inbox, inbox_cursor, idempotency_keys and job_runs: part of a service's first migration."""
    _execute(chassis_tables.V1)
    enable_rls("outbox")
    enable_rls("idempotency_keys")


def tune_chassis_tables() -> None:
    """Have the outbox tidied up early: the chassis' second form, part of a later migration, or of the first."""
    _execute(chassis_tables.V2)


def create_audit_log() -> None:
    """Make audit_log, to which rows are only added: the chassis' third form, part of a later migration."""
    _execute(chassis_tables.V3)
    enable_rls("audit_log")


def date_inbox_cursors() -> None:
    """Have inbox_cursor say when it moved, so that old rows can go: the chassis' fourth form."""
    _execute(chassis_tables.V4)


def let_jobs_pause() -> None:
    """Make job_pauses, in which jobs are named that rest: the chassis' fifth form."""
    _execute(chassis_tables.V5)


def _execute(ddl: str) -> None:
    for statement in filter(str.strip, ddl.split(";\n")):  # the driver takes one at a time
        op.execute(statement)


def enable_rls(table: str) -> None:
    """Let a unit see and write only its own company's rows of `table`; a system unit all; an unset tenant none."""
    for statement in row_security.statements(table):
        op.execute(statement)
