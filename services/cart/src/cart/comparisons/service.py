"""Reading, changing and sharing a comparison."""

from collections.abc import Mapping
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.errors import FeatureDisabled403
from servicekit.http.answers import Answer
from servicekit.http.etags import etag
from servicekit.ids import hash_token, new_token

from cart import errors
from cart.catalogue import repository as catalogue
from cart.catalogue.domain import CatalogueProduct
from cart.comparisons import repository
from cart.comparisons.domain import KEPT, Comparison
from cart.comparisons.schemas import SharedComparisonView
from cart.comparisons.view import comparison_view, shared_view
from cart.lists.domain import Link, ListSite, link_until
from cart.lists.service import ListRequest, find_owner, lock_owner, site_of
from cart.lists.view import new_link_view

LINK_PATH = "comparisons"
"""Where on a storefront the page of a shared comparison is."""


async def read_comparison(unit: TenantUnit, request: ListRequest) -> Answer:
    """The whole comparison; one of nothing for who has none, and where comparisons are switched off.

    Looking at it is using it: its end is put off, once a day. Raises CartNotFound for a guest's token that opens no
    cart, and SiteNotFound.
    """
    owner, site = await find_owner(unit, request)
    comparison = await repository.find(unit, owner) if site.enable_compare else None
    now = request.context.now
    if comparison is not None and comparison.is_use_to_note(now):
        await repository.note_use(unit, comparison, now + KEPT)
    return await _answer(unit, comparison, site)


async def compare_item(
    unit: TenantUnit, request: ListRequest, product: CatalogueProduct, variant_id: UUID | None
) -> Answer:
    """Compare one more product: 201 with the whole comparison, 200 where it is compared already.

    Raises ProductNotFound for a variant that is not the product's, ComparisonFull, and what `_open` does.
    """
    comparison, site = await _open(unit, request)
    is_new = comparison.add(product.product_id, product.resolve(variant_id), site.max_compare_items, request.context)
    await repository.save(unit, comparison)
    return await _answer(unit, comparison, site, 201 if is_new else 200)


async def remove_item(unit: TenantUnit, request: ListRequest, item_id: UUID) -> Answer:
    """Compare one less; raises ComparedItemNotFound, and what `_open` does."""
    comparison, site = await _open(unit, request)
    comparison.remove(item_id, request.context)
    await repository.save(unit, comparison)
    return await _answer(unit, comparison, site)


async def share(unit: TenantUnit, request: ListRequest, days: int | None) -> Answer:
    """Make a link that opens the comparison for so many days: 201 with its token, which is shown this once.

    An earlier link opens nothing any more. Raises what `_open` does.
    """
    comparison, site = await _open(unit, request)
    token = new_token()
    link = Link(hash_token(token), link_until(request.context.now, days))
    comparison.share(link, request.context)
    await repository.save(unit, comparison)
    return Answer(201, new_link_view(site, LINK_PATH, token, link))


async def unshare(unit: TenantUnit, request: ListRequest) -> Answer:
    """Let no link open the comparison any more; idempotent. Raises what `_open` does."""
    comparison, site = await _open(unit, request)
    comparison.unshare(request.context)
    await repository.save(unit, comparison)
    return await _answer(unit, comparison, site)


async def read_shared(unit: TenantUnit, shared: Comparison) -> SharedComparisonView:
    """What a link shows of the comparison that it opens; raises LinkNotFound where comparisons are switched off."""
    site = await site_of(unit, shared.owner)
    if not site.enable_compare:
        raise errors.LinkNotFound()
    return shared_view(shared, site, await _products(unit, shared))


async def _open(unit: TenantUnit, request: ListRequest) -> tuple[Comparison, ListSite]:
    """The shopper's comparison under their lock, a new one for who has none, and its site.

    Raises CartNotFound for a guest's token that opens no cart, SiteNotFound, FeatureDisabled403 where comparisons are
    switched off, and VersionMismatch where an If-Match does not fit.
    """
    owner, site = await lock_owner(unit, request)
    if not site.enable_compare:
        raise FeatureDisabled403
    comparison = await repository.find(unit, owner) or Comparison.begin(unit.company_id, owner, request.context)
    comparison.require_version(request.expected_version())
    return comparison, site


async def _answer(unit: TenantUnit, comparison: Comparison | None, site: ListSite, status: int = 200) -> Answer:
    view = comparison_view(comparison, site, await _products(unit, comparison))
    return Answer(status, view, {"ETag": etag(view.version)})


async def _products(unit: TenantUnit, comparison: Comparison | None) -> Mapping[UUID, CatalogueProduct]:
    if comparison is None or not comparison.items:
        return {}
    return await catalogue.products(unit, {item.product_id for item in comparison.items})
