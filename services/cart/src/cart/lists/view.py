"""How a product of the catalogue is shown on a list."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cart.carts.routes.line_schemas import AvailabilityView
from cart.catalogue.domain import CatalogueProduct
from cart.lists.domain import Link, ListSite
from cart.lists.schemas import LinkView, NewLinkView


def product_fields(
    products: Mapping[UUID, CatalogueProduct], product_id: UUID, variant_id: UUID | None, currency: str
) -> dict[str, Any]:
    """The fields of a `ListedProductView`: of today's catalogue, not of the day on which it was put on the list."""
    product = products[product_id]
    offer = product.offer(variant_id, currency)
    return {
        "product_id": product_id,
        "variant_id": variant_id,
        "sku": offer.sku,
        "title": offer.title,
        "slug": product.slug,
        "image_url": offer.image_url,
        "options": dict(offer.options),
        "price": offer.price,
        "compare_at_price": offer.compare_at_price,
        "availability": AvailabilityView(in_stock=offer.in_stock, left=offer.left),
    }


def link_view(link: Link | None) -> LinkView | None:
    """The list's link, if it has one."""
    return None if link is None else LinkView(expires_at=link.until)


def new_link_view(site: ListSite, path: str, token: str, link: Link) -> NewLinkView:
    """A new link, on a page of the site's storefront."""
    return NewLinkView(url=f"{site.portal_url.rstrip('/')}/{path}/{token}", token=token, expires_at=link.until)
