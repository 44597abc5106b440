"""How a wishlist is shown to its owner, and to who has its link."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servicekit.languages.sentences import translated

from cart.catalogue.domain import CatalogueProduct
from cart.lists.domain import ListSite
from cart.lists.view import link_view, product_fields
from cart.sentences import COPY_CHANGES
from cart.wishlists.domain import Copied, Wishlist
from cart.wishlists.schemas import (
    CopiedWishlistView,
    CopyChangeView,
    SharedWishlistView,
    SharedWishView,
    WishlistView,
    WishView,
)

Products = Mapping[UUID, CatalogueProduct]


def wishlist_view(wishlist: Wishlist | None, site: ListSite, products: Products) -> WishlistView:
    """The whole list; an empty one for who has none."""
    return WishlistView(**_fields(wishlist, site, products))


def copied_view(wishlist: Wishlist, site: ListSite, products: Products, copied: list[Copied]) -> CopiedWishlistView:
    """The whole list after a copy, with what became of each product."""
    changes = [
        CopyChangeView(
            product_id=one.product_id,
            variant_id=one.variant_id,
            kind="added" if one.reason is None else "skipped",
            reason=one.reason,
            message=None if one.reason is None else translated(COPY_CHANGES[one.reason]),
        )
        for one in copied
    ]
    return CopiedWishlistView(**_fields(wishlist, site, products), copy_changes=changes)


def shared_view(wishlist: Wishlist, site: ListSite, products: Products) -> SharedWishlistView:
    """What a link shows: products and quantities."""
    if wishlist.link is None:
        raise ValueError("a list that is shown by its link has one")
    items = [
        SharedWishView(
            **product_fields(products, wish.product_id, wish.variant_id, site.currency), quantity=wish.quantity
        )
        for wish in wishlist.wishes
        if wish.product_id in products
    ]
    return SharedWishlistView(
        site_id=site.id,
        currency=site.currency,
        item_count=len(items),
        items=items,
        expires_at=wishlist.link.until,
    )


def _fields(wishlist: Wishlist | None, site: ListSite, products: Products) -> dict[str, Any]:
    items = [] if wishlist is None else _items(wishlist, site, products)
    return {
        "enabled": site.enable_wishlist,
        "site_id": site.id,
        "currency": site.currency,
        "version": wishlist.version if wishlist else 0,
        "item_count": len(items),
        "items": items,
        "share": link_view(wishlist.link) if wishlist else None,
    }


def _items(wishlist: Wishlist, site: ListSite, products: Products) -> list[WishView]:
    return [
        WishView(
            **product_fields(products, wish.product_id, wish.variant_id, site.currency),
            id=wish.id,
            quantity=wish.quantity,
            note=wish.note,
            wished_options=dict(wish.options),
            priority=place,
            added_at=wish.created_at,
        )
        for place, wish in enumerate(wishlist.wishes, start=1)
        if wish.product_id in products
    ]
