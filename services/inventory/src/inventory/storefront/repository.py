"""The statements of what a storefront lists."""

from servicekit.db import TenantUnit

from inventory.catalogue.domain import WholeProduct
from inventory.catalogue.repository import PRODUCT, product_of, with_variants
from inventory.catalogue.search_statements import Conditions
from inventory.storefront.domain import Listing

_ON_SALE = "p.active AND p.deleted_at IS NULL"
_PRICED = (
    "EXISTS (SELECT FROM variants v WHERE v.company_id = $1 AND v.product_id = p.id AND v.active"
    " AND v.prices -> {} IS NOT NULL)"
)
MAX_CATEGORIES = 1_000


async def page(unit: TenantUnit, wanted: Listing) -> list[WholeProduct]:
    """Products on sale that have a price in the currency, in the order of their ids; one more than a page has."""
    conditions = Conditions(unit.company_id)
    conditions.add(_ON_SALE)
    conditions.add(_PRICED, wanted.currency)
    if wanted.after is not None:
        conditions.add("p.id > {}", wanted.after)
    if wanted.category is not None:
        conditions.in_category(wanted.category)
    if wanted.q is not None:
        conditions.found_by(wanted.q)
    rows = await unit.fetch(
        f"SELECT {PRODUCT} FROM products p WHERE p.company_id = $1{conditions.sql()}"
        f" ORDER BY p.id LIMIT {wanted.limit + 1:d}",
        *conditions.args,
    )
    return await with_variants(unit, [product_of(row) for row in rows])


async def by_slug(unit: TenantUnit, slug: str) -> WholeProduct | None:
    """The product on sale that has this slug."""
    rows = await unit.fetch(
        f"SELECT {PRODUCT} FROM products p WHERE p.company_id = $1 AND p.slug = $2 AND {_ON_SALE}"
        " ORDER BY p.id LIMIT 1",
        unit.company_id,
        slug,
    )
    found = await with_variants(unit, [product_of(row) for row in rows])
    return found[0] if found else None


async def categories(unit: TenantUnit) -> list[tuple[str, int]]:
    """The first MAX_CATEGORIES categories by name, each with how many products on sale it has."""
    rows = await unit.fetch(
        f"SELECT name, count(*) AS products FROM products p, unnest(p.categories) AS name"
        f" WHERE p.company_id = $1 AND {_ON_SALE} GROUP BY name ORDER BY name LIMIT {MAX_CATEGORIES}",
        unit.company_id,
    )
    return [(row["name"], row["products"]) for row in rows]
