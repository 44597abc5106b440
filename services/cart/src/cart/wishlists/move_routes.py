"""Between wishlist and cart: both change, or neither does."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.auth.caller import Caller
from servicekit.routes.callers import Shopper
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart.carts.persistence.selectors import Selector
from cart.carts.routes.limits import ADD, CHANGE
from cart.carts.routes.refusals import LINE_TO_WISHES, WISH_TO_CART
from cart.carts.routes.requests import SiteId, answered, change_request, customer_selector, guest_selector
from cart.carts.routes.schemas import CartView
from cart.lists.dependencies import list_request
from cart.parts import PartsDep
from cart.wishlists.schemas import MoveToCart

router = APIRouter(prefix="/api/wishlist", tags=["wishlist"])


def _selector(shopper: Caller, site_id: UUID | None) -> Selector:
    return guest_selector(shopper) if shopper.kind == "guest" else customer_selector(shopper, site_id)


@router.post(
    "/items/{item_id}/move-to-cart",
    status_code=201,
    response_model=CartView,
    responses=WISH_TO_CART,
    dependencies=[ADD],
)
async def move_to_cart(
    conditions: ConditionsDep,
    item_id: UUID,
    body: MoveToCart,
    shopper: Shopper,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Put a wish into the cart, which is answered, and take it off the list; If-Match is the cart's version."""
    change = await change_request(conditions, shopper, unit, _selector(shopper, site_id))
    request = list_request(shopper, unit, site_id)
    return await answered(conditions, unit, change, parts.wish_mover.move_to_cart(unit, change, request, item_id, body))


@router.post(
    "/move-from-cart/{item_id}",
    response_model=CartView,
    responses=LINE_TO_WISHES,
    dependencies=[CHANGE],
)
async def move_from_cart(
    conditions: ConditionsDep,
    item_id: UUID,
    shopper: Shopper,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Take a line out of the cart, which is answered, and wish for it; If-Match is the cart's version."""
    change = await change_request(conditions, shopper, unit, _selector(shopper, site_id))
    request = list_request(shopper, unit, site_id)
    return await answered(conditions, unit, change, parts.wish_mover.move_from_cart(unit, change, request, item_id))
