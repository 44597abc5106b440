"""Reading, changing and sharing a wishlist."""

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
from cart.lists.domain import Link, ListSite, link_until
from cart.lists.service import ListRequest, find_owner, lock_owner, site_of
from cart.lists.view import new_link_view
from cart.wishlists import repository
from cart.wishlists.domain import NewWish, Wish, Wishlist, WishPatch
from cart.wishlists.schemas import SharedWishlistView
from cart.wishlists.view import copied_view, shared_view, wishlist_view

LINK_PATH = "wishlists"
"""Where on a storefront the page of a shared list is."""


async def read_wishlist(unit: TenantUnit, request: ListRequest) -> Answer:
    """The whole list; an empty one for who has none, and where wishlists are switched off.

    Raises CartNotFound for a guest's token that opens no cart, and SiteNotFound.
    """
    owner, site = await find_owner(unit, request)
    wishlist = await repository.find(unit, owner) if site.enable_wishlist else None
    return await _answer(unit, wishlist, site)


async def add_wish(unit: TenantUnit, request: ListRequest, product: CatalogueProduct, new: NewWish) -> Answer:
    """Wish for a product: 201 with the whole list, 200 where it is on it already, however often it is sent.

    Raises ProductNotFound for a variant that is not the product's, WishlistFull, and what `open_to_change` does.
    """
    wishlist, site = await open_to_change(unit, request)
    wish = NewWish(new.product_id, product.resolve(new.variant_id), new.quantity, new.note, new.options)
    is_new = wishlist.add(wish, request.context)
    await repository.save(unit, wishlist)
    return await _answer(unit, wishlist, site, 201 if is_new else 200)


async def change_wish(unit: TenantUnit, request: ListRequest, wish_id: UUID, patch: WishPatch) -> Answer:
    """Change a wish's quantity, note or place; raises WishNotFound, and what `open_to_change` does."""
    wishlist, site = await open_to_change(unit, request)
    wishlist.change_wish(wish_id, patch, request.context)
    await repository.save(unit, wishlist)
    return await _answer(unit, wishlist, site)


async def remove_wish(unit: TenantUnit, request: ListRequest, wish_id: UUID) -> Answer:
    """Take a wish off; raises WishNotFound, and what `open_to_change` does."""
    wishlist, site = await open_to_change(unit, request)
    wishlist.remove(wish_id, request.context)
    await repository.save(unit, wishlist)
    return await _answer(unit, wishlist, site)


async def share(unit: TenantUnit, request: ListRequest, days: int | None) -> Answer:
    """Make a link that opens the list for so many days: 201 with its token, which is shown this once.

    An earlier link opens nothing any more. Raises what `open_to_change` does.
    """
    wishlist, site = await open_to_change(unit, request)
    token = new_token()
    link = Link(hash_token(token), link_until(request.context.now, days))
    wishlist.share(link, request.context)
    await repository.save(unit, wishlist)
    return Answer(201, new_link_view(site, LINK_PATH, token, link))


async def unshare(unit: TenantUnit, request: ListRequest) -> Answer:
    """Let no link open the list any more; idempotent. Raises what `open_to_change` does."""
    wishlist, site = await open_to_change(unit, request)
    wishlist.unshare(request.context)
    await repository.save(unit, wishlist)
    return await _answer(unit, wishlist, site)


async def read_shared(unit: TenantUnit, shared: Wishlist) -> SharedWishlistView:
    """What a link shows of the list that it opens; raises LinkNotFound where wishlists are switched off."""
    return shared_view(shared, await _site_of_shared(unit, shared), await _products(unit, shared))


async def copy_shared(unit: TenantUnit, request: ListRequest, shared: Wishlist) -> Answer:
    """Put what a link shows on the shopper's own list, and report what could not be; again, it changes nothing.

    Neither notes nor options of somebody else's come along. Raises LinkNotFound, and what `open_to_change` does.
    """
    await _site_of_shared(unit, shared)
    wishlist, site = await open_to_change(unit, request)
    there = await _products(unit, shared)
    gone = {wish.product_id for wish in shared.wishes if not _is_sold(there, wish)}
    new = [NewWish(wish.product_id, wish.variant_id, wish.quantity) for wish in shared.wishes]
    copied = wishlist.take_all(new, "COPIED_IN", request.context, gone)
    await repository.save(unit, wishlist)
    view = copied_view(wishlist, site, await _products(unit, wishlist), copied)
    return Answer(200, view, {"ETag": etag(wishlist.version)})


async def open_to_change(unit: TenantUnit, request: ListRequest) -> tuple[Wishlist, ListSite]:
    """The shopper's list under their lock, a new one for who has none, and its site.

    Raises CartNotFound for a guest's token that opens no cart, SiteNotFound, FeatureDisabled403 where wishlists are
    switched off, and VersionMismatch where an If-Match does not fit.
    """
    owner, site = await lock_owner(unit, request)
    if not site.enable_wishlist:
        raise FeatureDisabled403
    wishlist = await repository.find(unit, owner) or Wishlist.begin(unit.company_id, owner, request.context)
    wishlist.require_version(request.expected_version())
    return wishlist, site


async def _site_of_shared(unit: TenantUnit, shared: Wishlist) -> ListSite:
    site = await site_of(unit, shared.owner)
    if not site.enable_wishlist:
        raise errors.LinkNotFound()
    return site


async def _answer(unit: TenantUnit, wishlist: Wishlist | None, site: ListSite, status: int = 200) -> Answer:
    view = wishlist_view(wishlist, site, await _products(unit, wishlist))
    return Answer(status, view, {"ETag": etag(view.version)})


async def _products(unit: TenantUnit, wishlist: Wishlist | None) -> Mapping[UUID, CatalogueProduct]:
    if wishlist is None or not wishlist.wishes:
        return {}
    return await catalogue.products(unit, {wish.product_id for wish in wishlist.wishes})


def _is_sold(products: Mapping[UUID, CatalogueProduct], wish: Wish) -> bool:
    product = products.get(wish.product_id)
    return product is not None and any(variant.active for variant in product.variants)
