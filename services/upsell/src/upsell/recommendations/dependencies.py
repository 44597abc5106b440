"""The shopper's cart, read before a route opens its transaction: no connection is held while cart answers."""

from typing import Annotated
from uuid import UUID

from contracts.cart_calls import CartSnapshot
from fastapi import Depends, Query
from servicekit.errors import ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.routes.callers import Shopper
from servicekit.upstream.errors import Unavailable

from upsell.errors import CartNotFound404
from upsell.parts import CartsDep

SiteId = Annotated[
    UUID | None, Query(alias="siteId", description="The site; else the token's, else the company's first.")
]


@documents(CartNotFound404, ServiceUnavailable503)
async def shopper_cart(shopper: Shopper, carts: CartsDep, site_id: SiteId = None) -> CartSnapshot:
    """The shopper's open cart; raises CartNotFound404, and ServiceUnavailable503 while the cart service is away."""
    return await carts.of(shopper, site_id)


@documents(CartNotFound404)
async def shopper_cart_if_known(shopper: Shopper, carts: CartsDep, site_id: SiteId = None) -> CartSnapshot | None:
    """The shopper's open cart, or None while the cart service is away; raises CartNotFound404."""
    try:
        return await carts.of(shopper, site_id)
    except Unavailable:
        return None


ShopperCart = Annotated[CartSnapshot, Depends(shopper_cart)]
ShopperCartIfKnown = Annotated[CartSnapshot | None, Depends(shopper_cart_if_known)]
