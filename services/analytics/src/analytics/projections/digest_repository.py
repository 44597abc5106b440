"""Every SQL statement of the digest: the read models as text, row by row."""

from collections.abc import AsyncIterator, Mapping
from uuid import UUID

from servicekit.db import SystemUnit

READ_MODELS: Mapping[str, str] = {
    "cart_facts": "cart_id",
    "cart_products": "cart_id, product_id",
    "figures": "currency, measure, bucket_start, site_id",
    "products": "product_id",
    "sites": "site_id",
}
"""Each read model and the order of its rows within a company."""

_PAGE = 5000


async def rows(unit: SystemUnit, read_model: str, company_id: UUID | None) -> AsyncIterator[str]:
    """Each row of a read model as text, of one company or of all, in its order and in bounded memory."""
    sql = (
        f"SELECT t::text FROM {read_model} AS t"
        f" WHERE $1::uuid IS NULL OR company_id = $1 ORDER BY company_id, {READ_MODELS[read_model]}"
    )
    async for row in unit.connection.cursor(sql, company_id, prefetch=_PAGE):
        yield row[0]
