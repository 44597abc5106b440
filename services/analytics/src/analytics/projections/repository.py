"""Every SQL statement on the projections.

Nothing here writes `figures`: triggers on `cart_facts` carry each change of a row into the sums in the same transaction
(migrations/versions/0003_measures.py). So a time that moves (an earlier abandonment arrives late) changes its bucket.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit, Unit

from analytics.projections.domain.cart_facts import CartFacts, ProductFacts
from analytics.projections.domain.project import CartKey, ProductKey
from analytics.projections.rows import COLUMNS, facts_of_row, row_of_facts, row_of_product

_NAMES = ", ".join(COLUMNS)

_LOCK = """
INSERT INTO cart_facts AS f (company_id, cart_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS c (company_id, cart_id)
ORDER BY company_id, cart_id
ON CONFLICT (company_id, cart_id) DO UPDATE SET cart_id = f.cart_id WHERE false
"""
"""Makes the rows that are not there and locks those that are, without writing them."""

_READ = """
SELECT f.* FROM cart_facts AS f
JOIN unnest($1::uuid[], $2::uuid[]) AS c (company_id, cart_id) USING (company_id, cart_id)
"""

_WRITE = f"""
UPDATE cart_facts AS f SET ({_NAMES}) = ROW({", ".join(f"n.{name}" for name in COLUMNS)})
FROM jsonb_populate_recordset(NULL::cart_facts, $1) AS n
WHERE f.company_id = n.company_id AND f.cart_id = n.cart_id
"""

_ADD_PRODUCTS = """
INSERT INTO cart_products AS p
SELECT * FROM jsonb_populate_recordset(NULL::cart_products, $1)
ON CONFLICT (company_id, cart_id, product_id) DO UPDATE SET
    added_at = least(p.added_at, EXCLUDED.added_at),
    abandoned_at = least(p.abandoned_at, EXCLUDED.abandoned_at),
    converted_at = least(p.converted_at, EXCLUDED.converted_at),
    quantity_added = p.quantity_added + EXCLUDED.quantity_added,
    quantity_converted = p.quantity_converted + EXCLUDED.quantity_converted,
    revenue = p.revenue + EXCLUDED.revenue
"""


async def lock(unit: Unit, carts: Iterable[CartKey]) -> dict[CartKey, CartFacts]:
    """Read and lock the rows of carts until the transaction ends; a row that is not there is made, empty.

    Locks are taken in the order of the key, and of new and old rows in one statement, so that two batches never wait
    for each other, and no row is lost between the making and the locking.
    """
    keys = sorted(carts)
    columns = [company for company, _ in keys], [cart for _, cart in keys]
    await unit.execute(_LOCK, *columns)
    rows = await unit.fetch(_READ, *columns)
    return {(row["company_id"], row["cart_id"]): facts_of_row(row) for row in rows}


async def write(unit: Unit, facts: Mapping[CartKey, CartFacts]) -> None:
    """Replace the rows of carts that this transaction has locked."""
    await unit.execute(_WRITE, [row_of_facts(key, cart) for key, cart in sorted(facts.items())])


async def add_products(unit: Unit, facts: Mapping[ProductKey, ProductFacts]) -> None:
    """Merge rows of products into those of carts that this transaction has locked, as `merge_products` does."""
    await unit.execute(_ADD_PRODUCTS, [row_of_product(key, product) for key, product in sorted(facts.items())])


async def products_of(unit: TenantUnit, carts: Sequence[UUID]) -> dict[ProductKey, ProductFacts]:
    """The rows of all products in some carts."""
    rows = await unit.fetch(
        "SELECT * FROM cart_products WHERE company_id = $1 AND cart_id = ANY($2)", unit.company_id, carts
    )
    return {(row["company_id"], row["cart_id"], row["product_id"]): _product(row) for row in rows}


async def delete(unit: TenantUnit, carts: Sequence[UUID]) -> None:
    """Delete the rows of carts that have no event and are empty by now, so that no figure changes."""
    await unit.execute("DELETE FROM cart_facts WHERE company_id = $1 AND cart_id = ANY($2)", unit.company_id, carts)


async def delete_products(unit: TenantUnit, carts: Sequence[UUID]) -> None:
    """Delete the rows of all products in some carts."""
    await unit.execute("DELETE FROM cart_products WHERE company_id = $1 AND cart_id = ANY($2)", unit.company_id, carts)


def _product(row: asyncpg.Record) -> ProductFacts:
    values = dict(row)
    for key in ("company_id", "cart_id", "product_id"):
        del values[key]
    return ProductFacts(**values)
