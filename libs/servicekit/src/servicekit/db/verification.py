"""Whether a database is as the code expects it, asked as the service's own role; nothing is changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from servicekit.db.chassis_tables import OUTBOX_STORAGE
from servicekit.db.dropping import dropped_next
from servicekit.db.migrations import chassis_metadata, configuration

UNPROTECTED: Final = """
SELECT relation.relname
FROM pg_class AS relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid AND attribute.attname = 'company_id'
WHERE relation.relkind IN ('r', 'p') AND relation.relnamespace = 'public'::regnamespace
  AND NOT (relation.relrowsecurity AND relation.relforcerowsecurity
           AND EXISTS (SELECT FROM pg_policy WHERE polrelid = relation.oid AND polname = 'tenant'))
ORDER BY 1
"""
"""Tables with a company_id on which row-level security is not forced."""
BYPASSES: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
"""Whether the role that asks steps around row-level security."""
_STORAGE = "SELECT reloptions FROM pg_class WHERE oid = 'outbox'::regclass"
_PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"
"""They have what their table has, and come and go with time."""
_INVALID = """
SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = 'public'::regnamespace AND NOT indisvalid ORDER BY 1
"""
_SIZES = """
SELECT relation.relname AS name, sum(greatest(leaf.reltuples, 0))::bigint AS row_estimate,
       sum(pg_total_relation_size(leaf.oid))::bigint AS bytes,
       (SELECT count(*) FROM pg_index WHERE indrelid = relation.oid) AS indexes,
       (SELECT count(*) FROM pg_index WHERE indrelid = relation.oid AND indpred IS NOT NULL) AS partial_indexes
FROM pg_class AS relation
JOIN pg_class AS leaf ON leaf.oid = relation.oid OR leaf.oid IN (SELECT relid FROM pg_partition_tree(relation.oid))
WHERE relation.relkind IN ('r', 'p') AND NOT relation.relispartition
  AND relation.relnamespace = 'public'::regnamespace
GROUP BY relation.oid, relation.relname ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table with its size on disk in bytes, indexes included, and how many rows statistics say it has."""

    name: str
    row_estimate: int
    bytes: int
    indexes: int
    partial_indexes: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What a database was found to be: `faults` need somebody, `surplus` is what this version does not know."""

    revision: str | None
    newest: str
    tables: Sequence[TableSize]
    faults: Sequence[str]
    surplus: Sequence[str]


async def verify(database_url: str, migrations: Path, metadata: MetaData) -> Verification:
    """Compare a service's database with its migrations and tables. Raises OSError or asyncpg's errors when it is away.

    A newer revision is no fault: a service is rolled back alone, and finds what it needs (docs/adr/0023). Neither is
    the lack of what the next release drops.
    """
    connection = await asyncpg.connect(database_url)
    try:
        sizes = [TableSize(*row) for row in await connection.fetch(_SIZES)]
        faults = await _faults(connection)
    finally:
        await connection.close()
    missing, surplus, revision = await compare(database_url, metadata, spared=set(dropped_next(metadata)))
    (newest,) = ScriptDirectory.from_config(configuration(migrations)).get_heads()
    if revision is None or revision < newest:
        faults.append(f"revision {revision or 'none'}: run migrate, the newest is {newest}")
    return Verification(revision, newest, sizes, [*faults, *missing], surplus)


async def _faults(connection: "asyncpg.Connection[asyncpg.Record]") -> list[str]:
    unprotected, invalid = await connection.fetch(UNPROTECTED), await connection.fetch(_INVALID)
    faults = [f"table {row[0]}: row-level security is not forced" for row in unprotected]
    faults += [f"index {row[0]}: invalid, build it again (REINDEX INDEX CONCURRENTLY)" for row in invalid]
    if await connection.fetchval(BYPASSES):
        faults.append("the role that asks steps around row-level security")
    return faults


async def compare(
    database_url: str, metadata: MetaData, *, spared: Collection[str] = ()
) -> tuple[list[str], list[str], str | None]:
    """What a database lacks against the tables of a service and the chassis, what it has beyond, and its revision.

    The lack of what is `spared`, each as `table.name`, is passed over.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database_url), poolclass=NullPool
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare, chassis_metadata(metadata), spared)
    finally:
        await engine.dispose()


def _compare(
    connection: Connection, metadata: MetaData, spared: Collection[str]
) -> tuple[list[str], list[str], str | None]:
    partitions = set(connection.exec_driver_sql(_PARTITIONS).scalars())

    def is_compared(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name not in partitions

    context = MigrationContext.configure(connection, opts={"include_name": is_compared})
    found = [_named(difference) for difference in compare_metadata(context, metadata)]
    absent = tuple(f"{name}." for kind, name in found if kind.endswith("_table"))
    rest = [(kind, name) for kind, name in found if not name.startswith(absent)]  # an absent table's indexes are too
    lacking = [(kind, name) for kind, name in rest if not kind.startswith("remove_") and name not in spared]
    missing = [f"{kind.partition('_')[2]} {name}" for kind, name in lacking]
    surplus = [f"{kind.partition('_')[2]} {name}" for kind, name in rest if kind.startswith("remove_")]
    if "table outbox" not in missing:
        storage = connection.exec_driver_sql(_STORAGE).scalar_one()
        if storage != [f"{name}={value}" for name, value in OUTBOX_STORAGE.items()]:
            missing.append(f"table outbox: not tuned as the chassis says, but {storage}")
    revision = context.get_current_revision()
    return _sentences(missing, "is missing"), _sentences(surplus, "is not known to this version"), revision


def _sentences(things: Sequence[str], verdict: str) -> list[str]:
    return [thing if ":" in thing else f"{thing} {verdict}" for thing in things]


def _named(difference: Any) -> tuple[str, str]:
    """The kind of one of Alembic's differences, and what it is about."""
    if isinstance(difference, list):  # changes of one column
        kind, _, table, column, *_ = difference[0]
        return "modify_column", f"{table}.{column}: differs ({', '.join(change[0] for change in difference)})"
    kind, *about = difference
    if kind in {"add_column", "remove_column"}:
        return kind, f"{about[1]}.{about[2].name}"
    thing = about[0]
    table = getattr(thing, "table", None)
    return kind, thing.name if table is None else f"{table.name}.{thing.name}"
