"""A database is copied whole: with everything that a service makes of it, and not with less."""

import asyncio
from collections.abc import Iterator
from importlib import import_module

import asyncpg
import pytest
from cartwheel_local.backups.copying import database_at, read_content, verified_copy
from cartwheel_local.backups.pgbackrest import PgBackRest
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.databases import create_databases
from cartwheel_local.secrets import load_secrets
from cartwheel_local.services import MANIFESTS
from localservers.owners import unprivileged_owner
from localservers.postgres import start_postgres
from rich.console import Console
from servicekit.db import migrations
from servicekit.db.verification import verify

from .backed_up import home_in_memory

ALONE = [manifest.name for manifest in MANIFESTS if manifest.restored_alone]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PgBackRest, str]]:
    """A PostgreSQL, and who runs programs for it; there is no bucket."""
    with home_in_memory(tmp_path_factory.mktemp("copying")) as home:
        secrets = load_secrets(home)
        address = asyncio.run(start_postgres(home, secrets))
        yield PgBackRest(home, secrets, None, home.run, home.run, unprivileged_owner()), address  # type: ignore[arg-type]  # no bucket is asked


@pytest.mark.parametrize("service", ALONE)
async def test_a_copy_is_what_its_service_expects(server: tuple[PgBackRest, str], service: str) -> None:
    """Tables, partitions, triggers, row-level security, and their owner: by the service's own verification."""
    (program, address), definition = server, import_module(f"{service}.main").SERVICE
    source = (await create_databases(address, [service], "secret"))[service]
    await asyncio.to_thread(migrations.run, definition.migrations, source)
    reporter, name = ConsoleReporter(Console(quiet=True)), f"{service}_copy"

    async with verified_copy(program, database_at(address, service), address, name, service, reporter):
        found = await verify(database_at(source, name), definition.migrations, definition.metadata)

    assert found.tables
    assert found.faults == []
    assert await databases(address) >= {service}
    assert name not in await databases(address)


async def test_a_row_and_an_index_more_are_found(server: tuple[PgBackRest, str]) -> None:
    """What one of two databases has and the other has not."""
    _, address = server
    for name in ("first", "second"):
        await run(address, f"CREATE DATABASE {name}")
        await run(database_at(address, name), "CREATE TABLE goods AS SELECT 1 AS id")
    equal = await differences(address)

    await run(database_at(address, "second"), "UPDATE goods SET id = 2")
    changed = await differences(address)
    await run(database_at(address, "second"), "CREATE INDEX goods_id ON goods (id)")

    assert (equal, changed) == ([], ["public.goods"])
    assert await differences(address) == ["kind i", "public.goods"]


async def differences(address: str) -> list[str]:
    """What differs between the first and the second database."""
    first, second = [await read_content(database_at(address, name)) for name in ("first", "second")]
    return first.differences(second)


async def databases(address: str) -> set[str]:
    """The databases of a server."""
    connection = await asyncpg.connect(address)
    try:
        return set(await connection.fetchval("SELECT array_agg(datname::text) FROM pg_database"))
    finally:
        await connection.close()


async def run(address: str, statement: str) -> None:
    """Run a statement in the database of an address."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
