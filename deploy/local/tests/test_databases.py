"""Each service's database and role."""

import asyncio

import asyncpg
import pytest
from cartwheel_local.databases import create_databases
from localservers import servers
from localservers.home import Home


def test_each_service_owns_its_database_and_no_other(home: Home) -> None:
    """A service's role is no superuser, cannot get past row-level security, and cannot read another's database."""
    address = servers.start(home.path).postgres_url

    first = asyncio.run(create_databases(address, ["cartwheel_cart", "cartwheel_pricing"], "secret"))
    again = asyncio.run(create_databases(address, ["cartwheel_cart", "cartwheel_pricing"], "secret"))

    assert first == again
    assert asyncio.run(_role(first["cartwheel_cart"])) == ("cartwheel_cart", False, False)
    foreign = first["cartwheel_cart"].removesuffix("cart") + "pricing"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(_role(foreign))


async def _role(address: str) -> tuple[str, bool, bool]:
    connection = await asyncpg.connect(address)
    try:
        row = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
    finally:
        await connection.close()
    assert row is not None
    return row["rolname"], row["rolsuper"], row["rolbypassrls"]
