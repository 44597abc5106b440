"""Cart's database twice: as it is, and a copy of it that is filled, so that both can be asked by turns."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from bench.errors import BenchError
from bench.growth.seeding import seed
from bench.session import Session

FEW, MANY = "cartwheel_cart", "cartwheel_cart_many"
"""The stack's own, and the copy; the role that owns both has the first one's name."""
SHARE_OF_ONE = 5_000_000
"""Carts that a scale of 1 comes to."""
LEAST = 1_000
_LEAVE = f"""
ALTER DATABASE {FEW} ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{FEW}'
"""
"""A database that somebody is connected to is not copied."""


async def make_many(session: Session) -> None:
    """Copy the database and fill the copy; raises BenchError for too small a scale."""
    carts = round(SHARE_OF_ONE * session.scale)
    if carts < LEAST:
        raise BenchError(f"{carts:,} carts show nothing: take a scale of {LEAST / SHARE_OF_ONE} or more")
    server = await asyncpg.connect(session.stack.addresses.servers.postgres_url)
    try:
        await server.execute(_LEAVE)
        await server.execute(f"CREATE DATABASE {MANY} TEMPLATE {FEW} OWNER {FEW}")
        await server.execute(f"ALTER DATABASE {FEW} ALLOW_CONNECTIONS true")
    finally:
        await server.close()
    company = session.shop.company_id, session.shop.site_id
    await seed(_superuser(session, MANY), carts, largest=company, console=session.console)


def service_url(session: Session, name: str) -> str:
    """One of the two, as the service has it."""
    return urlunsplit(urlsplit(session.stack.database_url("cart"))._replace(path=f"/{name}"))


@asynccontextmanager
async def looking_into(session: Session, name: str) -> "AsyncGenerator[asyncpg.Connection[asyncpg.Record]]":
    """A superuser's connection to one of the two."""
    connection = await asyncpg.connect(_superuser(session, name))
    try:
        yield connection
    finally:
        await connection.close()


def _superuser(session: Session, name: str) -> str:
    return urlunsplit(urlsplit(session.stack.addresses.servers.postgres_url)._replace(path=f"/{name}"))
