"""A database and a role for each service, in a server of which the superuser's address is known."""

from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg


async def create_databases(address: str, names: Iterable[str], password: str) -> dict[str, str]:
    """Make these databases, each with a role of its name that owns it and nothing else; return each one's address.

    Repeating it changes nothing but the password, which is set again.
    """
    connection = await asyncpg.connect(address)
    try:
        return {name: await _create_database(connection, address, name, password) for name in names}
    finally:
        await connection.close()


async def _create_database(connection: "asyncpg.Connection", address: str, name: str, password: str) -> str:
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await connection.execute(f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS")
    await connection.execute(f"ALTER ROLE {name} PASSWORD '{password}'")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await connection.execute(f"CREATE DATABASE {name} OWNER {name}")
        await connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    parts = urlsplit(address)
    place = (parts.netloc.rpartition("@")[2]) or "127.0.0.1"
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password)}@{place}", path=f"/{name}"))
