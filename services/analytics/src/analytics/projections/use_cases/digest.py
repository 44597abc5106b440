"""The digest of every read model: equal if, and only if, every row is."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from servicekit.db import Database

READ_MODELS: Mapping[str, str] = {
    "cart_facts": "cart_id",
    "cart_products": "cart_id, product_id",
    "figures": "currency, measure, bucket_start, site_id",
    "products": "product_id",
    "sites": "site_id",
}
"""Each read model and the order of its rows within a company."""

_PAGE = 5000


async def digest(database: Database, company_id: UUID | None = None) -> dict[str, str]:
    """SHA-256 of each read model as text, of one company or of all, read row by row in one snapshot each."""
    return {table: await _digest_of(database, table, order, company_id) for table, order in READ_MODELS.items()}


async def _digest_of(database: Database, table: str, order: str, company_id: UUID | None) -> str:
    sql = f"SELECT t::text FROM {table} AS t WHERE $1::uuid IS NULL OR company_id = $1 ORDER BY company_id, {order}"
    sha = hashlib.sha256()
    async with database.system_unit() as unit:
        async for row in unit.connection.cursor(sql, company_id, prefetch=_PAGE):
            sha.update(row[0].encode() + b"\n")
    return sha.hexdigest()
