"""Whoever reads the server's files, its write-ahead log or a backup learns no shopper's address (rules.md 35)."""

import secrets
from collections.abc import AsyncGenerator
from uuid import UUID

import asyncpg
import pytest
from cart.carts.domain.values import Contact
from cart.carts.use_cases.seal_contact import ContactSealer
from servicekit.testing import Servers
from servicekit.testing.tokens import mint_jwt

from ..shop import Shop

_LOG = """
SELECT pg_read_binary_file('pg_wal/' || name) FROM pg_ls_waldir() WHERE name >= pg_walfile_name($1) ORDER BY name
"""


@pytest.fixture
async def superuser(servers: Servers) -> AsyncGenerator[asyncpg.Connection]:
    """Who may read the server's files. Records are written as they are, not as compressed pages."""
    connection = await asyncpg.connect(servers.postgres_url)
    await connection.execute("ALTER SYSTEM SET wal_compression = off")
    await connection.execute("SELECT pg_reload_conf()")
    yield connection
    await connection.execute("ALTER SYSTEM RESET wal_compression")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


async def written(shop: Shop, superuser: asyncpg.Connection, address: str) -> tuple[bytes, str]:
    """What the write-ahead log and the tables hold once a guest and a customer have left an address, under keys."""
    since = await superuser.fetchval("SELECT pg_current_wal_insert_lsn()")
    guest = await shop.guest_cart({"mug": 1})
    token = mint_jwt(shop.company_id, "ada", email=address)
    customer = {"authorization": f"Bearer {token}"}
    await shop.client.post("/api/cart", json={}, headers=customer)
    for path, headers in ((f"{guest.path}/contact", guest.headers), ("/api/cart/contact", customer)):
        body = {"email": address, "consent": True}
        answer = await shop.client.post(path, json=body, headers={**headers, "idempotency-key": secrets.token_hex()})
        assert answer.is_success, answer.text
    log = b"".join(row[0] for row in await superuser.fetch(_LOG, since))
    return log, await _tables(shop)


async def _tables(shop: Shop) -> str:
    """Every table as a backup has it, events that wait to be published among them."""
    async with shop.database.system_unit() as unit:
        names = await unit.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
        statements = [f"SELECT coalesce(string_agg(t::text, ''), '') FROM {row['name']} AS t" for row in names]
        parts = [await unit.fetchval(statement) for statement in statements]
    return "".join(parts)


def forms_of(address: str) -> tuple[str, str]:
    """As text, and as a dump writes bytes."""
    return address, address.encode().hex()


async def test_an_address_is_readable_neither_in_the_log_nor_in_a_backup(
    shop: Shop, superuser: asyncpg.Connection
) -> None:
    """Nothing of it, in no table, event, stored answer or record."""
    address = f"canary-{secrets.token_hex(8)}@mail.example"

    log, tables = await written(shop, superuser, address)

    assert str(shop.company_id) in tables
    assert shop.company_id.bytes in log
    assert not [form for form in forms_of(address) if form in tables or form.encode() in log]


async def test_an_address_that_is_not_sealed_would_be_found(
    shop: Shop, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search above finds what there is to find."""

    def readable(_: ContactSealer, company_id: UUID, email: str, consent: bool, locale: str | None) -> Contact:
        return Contact(email, consent, locale)

    monkeypatch.setattr(ContactSealer, "seal", readable)
    address = f"canary-{secrets.token_hex(8)}@mail.example"

    log, tables = await written(shop, superuser, address)

    assert address in tables
    assert address.encode() in log
