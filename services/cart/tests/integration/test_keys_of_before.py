"""A database that has carts when the company comes into their keys: nothing is lost, and what holds goes on to hold."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from cart.main import SERVICE
from servicekit.db import migrations
from servicekit.testing import Servers
from servicekit.testing.databases import fresh_database

BEFORE = "0012"
COMPANY, CART = uuid4(), uuid4()
OF_A_CART = ("cart_items", "cart_sessions", "cart_holds")
_CART = """
INSERT INTO companies (company_id, name, created_at) VALUES ($1, 'Shop', now());
INSERT INTO sites (id, company_id, name, type, currency, locale, timezone, portal_url, merge_strategy,
    max_quantity_per_line, max_lines, abandonment_seconds, cart_expiration_days, version, created_at, updated_at)
VALUES ($1, $1, 'Shop', 'STOREFRONT', 'USD', 'en-US', 'UTC', 'https://shop.example', 'larger', 99, 100, 60, 30, 1,
    now(), now());
INSERT INTO carts (id, company_id, site_id, status, currency, version, last_activity_at, expiry_check_at, created_at,
    updated_at)
VALUES ($2, $1, $1, 'ACTIVE', 'USD', 1, now(), now(), now(), now());
INSERT INTO cart_items (id, company_id, cart_id, product_id, variant_id, sku, title, quantity, unit_price, created_at)
VALUES (gen_random_uuid(), $1, $2, $1, $1, 'MUG', 'Mug', 1, 100, now());
INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at) VALUES ('\\x01', $1, $2, now());
INSERT INTO cart_holds (cart_id, company_id, hold_id, hold_version, status) VALUES ($2, $1, $1, 1, 'ACTIVE');
INSERT INTO cart_activity (id, company_id, cart_id, version, kind, actor, data, at)
VALUES (gen_random_uuid(), $1, $2, 1, 'CREATED', 'guest', '{}', now());
INSERT INTO erasures (id, company_id, customer_hash, version, requested_at, watched_until)
VALUES ($2, $1, '\\x01', 1, now(), now());
INSERT INTO erasure_steps (company_id, erasure_id, version, service) VALUES ($1, $2, 1, 'cart')
"""


@dataclass(frozen=True, slots=True)
class _Before:
    """The service as it was."""

    migrations: Path
    name: str = "cart"


@pytest.fixture
async def url(servers: Servers, tmp_path: Path) -> AsyncGenerator[str]:
    """The address of a database of before with one cart that has everything, and one erasure."""
    scripts = shutil.copytree(SERVICE.migrations, tmp_path / "migrations")
    for script in (scripts / "versions").glob("*.py"):
        if script.name[:4] > BEFORE:
            script.unlink()
    async with fresh_database(servers.postgres_url, _Before(scripts)) as address:
        connection = await _connected(address)
        for statement in _CART.split(";\n"):
            arguments = [COMPANY, CART] if "$2" in statement else [COMPANY]
            await connection.execute(statement, *arguments)
        await connection.close()
        yield address


async def _connected(address: str) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(address)
    await connection.execute("SET app.company_id = '*'")
    return connection


async def test_what_belongs_to_a_cart_goes_on_belonging_to_it(url: str) -> None:
    """Foreign keys are proven, refuse a line of no cart and of another company's, and end lines with their cart."""
    await asyncio.to_thread(migrations.run, SERVICE.migrations, url)

    connection = await _connected(url)
    unproven = await connection.fetchval("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
    for company, cart in ((COMPANY, uuid4()), (uuid4(), CART)):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await _open_session(connection, company, cart)
    await connection.execute("DELETE FROM carts WHERE company_id = $1 AND id = $2", COMPANY, CART)
    await connection.execute("DELETE FROM erasures WHERE company_id = $1", COMPANY)
    left = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in (*OF_A_CART, "erasure_steps")]
    await connection.close()

    assert unproven == 0
    assert left == [0, 0, 0, 0]


async def _open_session(connection: "asyncpg.Connection[asyncpg.Record]", company: UUID, cart: UUID) -> None:
    await connection.execute(
        "INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at) VALUES ('\\x02', $1, $2, now())",
        company,
        cart,
    )
