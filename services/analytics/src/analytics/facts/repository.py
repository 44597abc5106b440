"""Every SQL statement on the facts of carts and on the figures that follow them.

Nothing here writes `figures` but `mend`: triggers on `cart_facts` carry each change of a cart into the sums in the same
transaction (migrations/versions/0002_figures.py). So a report costs the same however many carts there are, and a fact
that moves (an earlier abandonment arrives late) takes its old place out of the sums.
"""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import asyncpg
from servicekit.db import Unit

from analytics.facts.domain import CartFacts, ProductFacts
from analytics.facts.reading import CartKey, ProductKey
from analytics.facts.rows import COLUMNS, facts_of_row, row_of_facts, row_of_product

_NAMES = ", ".join(COLUMNS)

_OPEN = """
INSERT INTO cart_facts (company_id, cart_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS c (company_id, cart_id)
ORDER BY company_id, cart_id
ON CONFLICT DO NOTHING
"""

_LOCK = """
SELECT f.* FROM cart_facts AS f
JOIN unnest($1::uuid[], $2::uuid[]) AS c (company_id, cart_id) USING (company_id, cart_id)
ORDER BY f.company_id, f.cart_id
FOR UPDATE OF f
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
    units_added = p.units_added + EXCLUDED.units_added,
    units_converted = p.units_converted + EXCLUDED.units_converted,
    revenue = p.revenue + EXCLUDED.revenue
"""

_DIFFERENCE = """
SELECT company_id, currency, measure, quarter, site_id, sum(amount)::bigint AS amount
FROM (
    SELECT g.company_id, g.currency, g.measure, g.quarter, g.site_id, g.amount
    FROM cart_facts AS c, figures_of(c) AS g
    WHERE c.company_id = $1
    UNION ALL
    SELECT company_id, currency, measure, quarter, site_id, -amount FROM figures WHERE company_id = $1
) AS both_sides
GROUP BY company_id, currency, measure, quarter, site_id
HAVING sum(amount) <> 0
ORDER BY company_id, currency, measure, quarter, site_id
"""
"""What the figures lack against the facts, or have too much: negative then."""

_MEND = f"""
INSERT INTO figures AS f (company_id, currency, measure, quarter, site_id, amount)
{_DIFFERENCE}
ON CONFLICT (company_id, currency, measure, quarter, site_id) DO UPDATE SET amount = f.amount + EXCLUDED.amount
"""

_PASS_SECONDS = 600.0
"""A pass over all carts of a company; far above what a million of them take."""


async def lock(unit: Unit, carts: Iterable[CartKey]) -> dict[CartKey, CartFacts]:
    """The facts of carts, held until the transaction ends; a cart that is not there yet is made, empty.

    Locks are taken in the order of the key, so that two batches never wait for each other.
    """
    keys = sorted(carts)
    columns = [company for company, _ in keys], [cart for _, cart in keys]
    await unit.execute(_OPEN, *columns)
    rows = await unit.fetch(_LOCK, *columns)
    return {(row["company_id"], row["cart_id"]): facts_of_row(dict(row)) for row in rows}


async def write(unit: Unit, facts: Mapping[CartKey, CartFacts]) -> None:
    """Replace the facts of carts that this transaction holds."""
    await unit.execute(_WRITE, [row_of_facts(key, cart) for key, cart in sorted(facts.items())])


async def add_products(unit: Unit, facts: Mapping[ProductKey, ProductFacts]) -> None:
    """Merge what is new of products into carts that this transaction holds: the same as domain.merge_products."""
    await unit.execute(_ADD_PRODUCTS, [row_of_product(key, product) for key, product in sorted(facts.items())])


async def products_of(unit: Unit, company_id: UUID, carts: Sequence[UUID]) -> dict[ProductKey, ProductFacts]:
    """The facts of all products in some carts."""
    rows = await unit.fetch(
        "SELECT * FROM cart_products WHERE company_id = $1 AND cart_id = ANY($2)", company_id, carts
    )
    return {(row["company_id"], row["cart_id"], row["product_id"]): _product(row) for row in rows}


async def drop(unit: Unit, company_id: UUID, carts: Sequence[UUID]) -> None:
    """Remove carts that have no event and, by now, no facts: the figures do not notice."""
    await unit.execute("DELETE FROM cart_facts WHERE company_id = $1 AND cart_id = ANY($2)", company_id, carts)


async def drop_products(unit: Unit, company_id: UUID, carts: Sequence[UUID]) -> None:
    """Remove the facts of all products in some carts."""
    await unit.execute("DELETE FROM cart_products WHERE company_id = $1 AND cart_id = ANY($2)", company_id, carts)


async def wrong_figures(unit: Unit, company_id: UUID) -> int:
    """How many figures of a company differ from its facts: none, unless something is broken."""
    return len(await unit.fetch(_DIFFERENCE, company_id, timeout=_PASS_SECONDS))


async def mend(unit: Unit, company_id: UUID) -> int:
    """Add to the figures what they lack against the facts, and return how many were wrong.

    The difference is taken in one snapshot, in which facts and figures agree unless something is broken; as sums
    commute, batches that are under way add theirs before or after, and nothing is locked meanwhile.
    """
    tag = await unit.execute(_MEND, company_id, timeout=_PASS_SECONDS)
    await unit.execute("DELETE FROM figures WHERE company_id = $1 AND amount = 0", company_id)
    return int(tag.split()[-1])


def _product(row: asyncpg.Record) -> ProductFacts:
    values = dict(row)
    for key in ("company_id", "cart_id", "product_id"):
        del values[key]
    return ProductFacts(**values)
