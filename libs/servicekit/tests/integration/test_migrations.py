"""The chassis tables, as migrations make them and as the metadata describes them."""

import asyncio
import sys

import pytest
from servicekit.db import Database
from servicekit.testing import assert_no_drift
from servicekit.testing.databases import Migrated
from sqlalchemy import Column, MetaData, Table, Text, Uuid


def notes_metadata(*extra: Column[str]) -> MetaData:
    """The notes service's own table."""
    metadata = MetaData()
    Table(
        "notes",
        metadata,
        Column("company_id", Uuid, nullable=False),
        Column("id", Uuid, primary_key=True),
        Column("body", Text, nullable=False),
        *extra,
    )
    return metadata


async def test_migrations_make_what_the_metadata_says(database_url: str) -> None:
    """The frozen SQL of the chassis and its table objects agree; a column only one of them has is found."""
    await assert_no_drift(notes_metadata(), database_url)

    with pytest.raises(AssertionError, match="colour"):
        await assert_no_drift(notes_metadata(Column("colour", Text)), database_url)


async def test_migrating_twice_and_at_once_changes_nothing(
    database: Database, database_url: str, service: Migrated
) -> None:
    """Every replica may migrate when it starts."""
    migrate = (
        "import pathlib, sys; from servicekit.db.migrations import run; run(pathlib.Path(sys.argv[1]), sys.argv[2])"
    )
    command = (sys.executable, "-c", migrate, str(service.migrations), database_url)
    replicas = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]

    assert [await replica.wait() for replica in replicas] == [0, 0]
    async with database.system_unit() as unit:
        assert await unit.fetchval("SELECT version_num FROM alembic_version") == "0001"
