"""/api/cart/upsells: what to offer to the shopper's cart next."""

from typing import Annotated
from uuid import UUID

from contracts.money import CurrencyCode
from fastapi import APIRouter, Query, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import Shopper
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.routes.rate_limits import rate_limit
from servicekit.routes.transactions import TenantUnitDep

from upsell.errors import REFUSALS_BY_CART, ProductNotFound404
from upsell.parts import CartsDep
from upsell.recommendations import service
from upsell.recommendations.add_offer_service import AddOffer
from upsell.recommendations.dependencies import ShopperCart, ShopperCartIfKnown
from upsell.recommendations.schemas import AddOffered, OffersView

router = APIRouter(prefix="/api/cart/upsells", tags=["upsells"])

OffersLimit = Annotated[int, Query(ge=1, le=20, description="Products at most.")]
Currency = Annotated[
    CurrencyCode | None, Query(description="The currency of prices while the cart, which has its own, cannot be asked.")
]


@router.get("", response_model=OffersView)
async def get_upsells(
    _: Shopper, cart: ShopperCartIfKnown, unit: TenantUnitDep, limit: OffersLimit = 4, currency: Currency = None
) -> Response:
    """What goes with the cart, else what sells best, else what is newest; only what can be bought in its currency now.

    While the cart service is away: what sells best, marked as degraded.
    """
    if cart is None:
        return Json(OffersView.of(await service.recommend_without_cart(unit, currency, limit)))
    return Json(OffersView.of(await service.recommend(unit, cart, limit)))


@router.post(
    "/{product_id}/add",
    status_code=201,
    response_model=dict[str, object],
    responses=REFUSALS_BY_CART,
    dependencies=[rate_limit("add_upsell", "30/minute")],
)
async def add_offered(
    *,
    product_id: UUID,
    shopper: Shopper,
    cart: ShopperCart,
    carts: CartsDep,
    outside: OutsideTransactionDep,
    body: AddOffered | None = None,
) -> Response:
    """Add a product to the cart, as its service would: the answer is that service's Cart."""
    wanted = body or AddOffered()
    return await outside.run(
        shopper, AddOffer(carts, shopper.company_id, cart, product_id, wanted.variant_id, wanted.quantity)
    )


@router.post(
    "/{product_id}/dismiss",
    status_code=204,
    responses=problems(ProductNotFound404),
    dependencies=[rate_limit("dismiss_upsell", "60/minute")],
)
async def dismiss(product_id: UUID, _: Shopper, cart: ShopperCart, once: OnceDep) -> Response:
    """Do not offer a product to this cart again; doing so twice changes nothing."""
    return await once.silently(service.dismiss, once.unit, cart, product_id)
