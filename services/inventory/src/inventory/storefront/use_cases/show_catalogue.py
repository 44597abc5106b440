"""What a storefront is shown, as the bytes of its answer."""

from dataclasses import replace
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.http.answers import to_json
from servicekit.http.paging import paginate

from inventory.errors import ProductNotFound, SiteNotFound
from inventory.sites.repository import currency_of
from inventory.storefront import repository
from inventory.storefront.domain import Listing, sold_in
from inventory.storefront.schemas import CategoriesView, CategoryView, StorefrontProduct


async def show_products(unit: TenantUnit, site_id: UUID | None, wanted: Listing) -> bytes:
    """A page of products; in the site's currency when `wanted` has none. Raises SiteNotFound."""
    currency = wanted.currency or await _currency(unit, site_id)
    found = await repository.page(unit, replace(wanted, currency=currency))
    page = paginate(
        found, wanted.limit, lambda whole: StorefrontProduct.of(whole, currency), lambda whole: (whole.product.id,)
    )
    return to_json(page)


async def show_product(unit: TenantUnit, site_id: UUID | None, currency: str | None, slug: str) -> bytes:
    """One product; raises ProductNotFound, also when it has no price in the currency, and SiteNotFound."""
    currency = currency or await _currency(unit, site_id)
    whole = await repository.by_slug(unit, slug)
    if whole is None or not sold_in(whole, currency):
        raise ProductNotFound
    return to_json(StorefrontProduct.of(whole, currency))


async def show_categories(unit: TenantUnit) -> bytes:
    """Every category of what is on sale."""
    found = await repository.categories(unit)
    return to_json(CategoriesView(items=[CategoryView(name=name, products=products) for name, products in found]))


async def _currency(unit: TenantUnit, site_id: UUID | None) -> str:
    currency = await currency_of(unit, site_id)
    if currency is None:
        raise SiteNotFound
    return currency
