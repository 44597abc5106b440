"""`python -m bench.growth.seeding URL`: fills cart's database with carts of many shops, and goes on where it ended."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID, uuid5

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.growth import indexes, rows

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

BATCH = 20_000
_NAMES = UUID("8f0c6b1e-5d3a-4f0e-9d55-0b6f0d9f3a10")
LARGEST, LARGEST_SITE = uuid5(_NAMES, "company"), uuid5(_NAMES, "site")
"""The company with the most carts, when no other is named, and its site."""
FILLED = ("carts", "cart_items", "cart_sessions", "cart_activity")
_KEPT = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.seeding (carts bigint, companies int, until timestamptz, done bigint);
"""
_SESSION = """
SET app.company_id = '*'; SET session_replication_role = replica; SET synchronous_commit = off;
SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'
"""
"""Triggers and foreign keys rest; a batch that is lost with the machine is not counted as done either."""


async def seed(
    url: str, carts: int, *, companies: int = 1000, largest: tuple[UUID, UUID] | None = None, console: Console
) -> None:
    """Write so many carts with lines, sessions and a timeline; what an earlier call wrote of the same is not repeated.

    `url` is a superuser's: foreign keys and triggers are passed by, and the counts that triggers keep are made at the
    end, as are most indexes: until a call has ended whole they are away. `largest` is a company and site that exist.
    Nothing else may write to the database meanwhile.
    """
    connection: Connection = await asyncpg.connect(url, command_timeout=None)
    try:
        await connection.execute(_SESSION)
        await connection.execute(_KEPT)
        await connection.execute(indexes.KEPT)
        company, site = largest or (LARGEST, LARGEST_SITE)
        await connection.execute(rows.COMPANIES, companies, company)
        await connection.execute(rows.SITES, companies, company, site)
        until, done = await _begun(connection, carts, companies)
        if done < carts:
            await indexes.drop(connection, FILLED)
        with _bar(console) as bar:
            task = bar.add_task("carts", total=carts, completed=done)
            while done < carts:
                last = min(done + BATCH, carts)
                async with connection.transaction():
                    await connection.execute(rows.CARTS, done + 1, last, companies, until, company, site, carts)
                    await connection.execute("UPDATE bench.seeding SET done = $1", last)
                done = last
                bar.update(task, completed=done)
            await _finish(connection, bar)
    finally:
        await connection.close()


async def _finish(connection: "Connection", bar: Progress) -> None:
    """Build the indexes, make the counts, and have the planner and the disk know what there is."""
    task = bar.add_task("indexes", total=None)
    await indexes.build(connection, lambda total, left: bar.update(task, total=total, completed=total - left))
    await _recount(connection)
    task = bar.add_task("vacuum", total=1)
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    bar.update(task, completed=1)


async def _begun(connection: "Connection", carts: int, companies: int) -> tuple[datetime, int]:
    """Until when carts go, and how many there are: of an earlier call with the same figures, else from the start."""
    kept = await connection.fetchrow(
        "SELECT until, done FROM bench.seeding WHERE carts = $1 AND companies = $2", carts, companies
    )
    if kept is not None:
        return kept["until"], kept["done"]
    if await connection.fetchval("SELECT true FROM bench.seeding"):
        raise SystemExit("this database was seeded with other figures: take an empty one")
    until = datetime.now(UTC)
    await connection.execute("INSERT INTO bench.seeding VALUES ($1, $2, $3, 0)", carts, companies, until)
    return until, 0


async def _recount(connection: "Connection") -> None:
    """Make the counts that the triggers would have kept."""
    async with connection.transaction():
        await connection.execute("TRUNCATE cart_count_changes, cart_counts")
        await connection.execute(rows.RECOUNT)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )


def main(
    url: Annotated[str, typer.Argument(help="a superuser's address of cart's own, migrated database")],
    carts: Annotated[int, typer.Option(help="how many carts", min=1)] = 5_000_000,
    companies: Annotated[int, typer.Option(help="over how many companies", min=2)] = 1000,
) -> None:
    """Fill cart's database with carts as half a year leaves them. A call that was ended is gone on with by the next."""
    asyncio.run(seed(url, carts, companies=companies, console=Console(stderr=True)))


if __name__ == "__main__":
    typer.run(main)
