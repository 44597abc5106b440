"""Databases for tests: each a clone of a template that the service's migrations made once.

The role that owns them is the service's own and no superuser, as in production: row-level security holds in tests too.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from servicekit.db import Database, chassis_tables, migrations, row_security

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]  # generic for the type checker only

_ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtextextended('test databases', 0))"


class Migrated(Protocol):
    """What the factory needs to know of a service; `servicekit.roles.service.Service` has it."""

    @property
    def name(self) -> str:
        """The service's name."""

    @property
    def migrations(self) -> Path:
        """Its Alembic directory."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Settings of a database alone, for tests that need no whole service."""

    database_url: str
    db_pool_size: int = 10
    db_pool_timeout_seconds: float = 10.0
    database_direct_url: str | None = None
    db_statement_cache_size: int = 100


async def rows_of(database: Database, company_id: UUID, *tables: str) -> dict[str, list[str]]:
    """A company's rows of each table as text, in the order of their text: equal if, and only if, the tables are."""
    found: dict[str, list[str]] = {}
    async with database.unit(company_id) as unit:
        for table in tables:
            sql = f"SELECT t::text FROM {table} t WHERE company_id = $1 ORDER BY 1"
            found[table] = [row[0] for row in await unit.fetch(sql, company_id)]
    return found


@asynccontextmanager
async def fresh_database(postgres_url: str, service: Migrated) -> AsyncGenerator[str]:
    """Make an empty, migrated database and give its address, with the service's role; dropped in the end."""
    role = f"test_{service.name}"
    name = f"{role}_{uuid4().hex[:12]}"
    async with _superuser(postgres_url) as connection:
        template = await _template(connection, postgres_url, service, role)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {role}")
    try:
        yield _address(postgres_url, role, name)
    finally:
        async with _superuser(postgres_url) as connection:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def _superuser(postgres_url: str) -> AsyncGenerator["Connection"]:
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute(_ONE_AT_A_TIME)  # test sessions that run side by side share templates
        yield connection
    finally:
        await connection.close()


async def _template(connection: "Connection", postgres_url: str, service: Migrated, role: str) -> str:
    name = f"{role}_template_{_fingerprint(service.migrations)}"
    if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        return name
    await _ensure_role(connection, role, urlsplit(postgres_url).password)
    half_made = f"{name}_making"
    await connection.execute(f"DROP DATABASE IF EXISTS {half_made} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {half_made} OWNER {role}")
    await asyncio.to_thread(migrations.run, service.migrations, _address(postgres_url, role, half_made))
    await connection.execute(f"ALTER DATABASE {half_made} RENAME TO {name}")
    return name


async def _ensure_role(connection: "Connection", role: str, password: str | None) -> None:
    if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
        await connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
    if password:
        literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(f"ALTER ROLE {role} PASSWORD {literal}")


def _fingerprint(directory: Path) -> str:
    digest = hashlib.sha256(
        (chassis_tables.V1 + chassis_tables.V2 + chassis_tables.V3 + chassis_tables.V4).encode()
        + Path(migrations.__file__).read_bytes()
        + Path(row_security.__file__).read_bytes()
    )
    for script in sorted(file for file in directory.rglob("*") if file.suffix in {".py", ".sql"}):
        digest.update(script.read_bytes())
    return digest.hexdigest()[:12]


def _address(postgres_url: str, role: str, database: str) -> str:
    parts = urlsplit(postgres_url)
    password = f":{parts.password}" if parts.password else ""
    netloc = f"{role}{password}@{parts.hostname}:{parts.port or 5432}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))
