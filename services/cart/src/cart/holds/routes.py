"""Holding a cart's stock: /api/cart/{id}/hold, for the shopper whose cart it is."""

from uuid import UUID

from contracts.inventory_calls import HoldState
from fastapi import APIRouter
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, FeatureDisabled403, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.process.kit import kit_of
from servicekit.routes.callers import Shopper
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.domain.cart import Cart
from cart.carts.routes.outside_transaction import CartOutsideTransactionDep
from cart.carts.routes.requests import shopper_selector
from cart.flags import CartFlag
from cart.holds.schemas import HoldView
from cart.parts import PartsDep

router = APIRouter(prefix="/api/cart/{cart_id}/hold", tags=["holds"])

_REFUSALS = problems(errors.CartNotFound, ServiceUnavailable503)
_PLACING = problems(
    errors.CartNotFound,
    errors.CartEmpty,
    errors.CartConvertedAlready,
    errors.CartMergedAlready,
    errors.CartExpiredAlready,
    errors.InventoryHoldFailed,
    errors.HoldLimit,
    errors.ProductUnavailable,
    FeatureDisabled403,
    Conflict409,
    ServiceUnavailable503,
)


@router.post("", status_code=201, response_model=HoldView, responses=_PLACING)
async def place_hold(
    request: Request, cart_id: UUID, shopper: Shopper, outside: CartOutsideTransactionDep, parts: PartsDep
) -> Response:
    """Hold the stock of all lines, or of none; again renews it (rules.md 18)."""
    await kit_of(request).flags.require(CartFlag.INVENTORY_HOLD, shopper.company_id)

    async def write(unit: TenantUnit, cart: Cart, state: HoldState) -> Response:
        return Json(_view(await parts.holding.note(unit, cart, state)), 201)

    return await outside.run(shopper, shopper_selector(shopper, cart_id), parts.holding.place_hold, write)


@router.delete("", response_model=HoldView, responses=_REFUSALS)
async def release_hold(
    cart_id: UUID, shopper: Shopper, outside: CartOutsideTransactionDep, parts: PartsDep
) -> Response:
    """Give the stock back."""

    async def write(unit: TenantUnit, cart: Cart, state: HoldState) -> Response:
        return Json(_view(await parts.holding.note(unit, cart, state)))

    return await outside.run(shopper, shopper_selector(shopper, cart_id), parts.holding.release_hold, write)


@router.get("/status", response_model=HoldView, responses=_REFUSALS)
async def hold_status(cart_id: UUID, shopper: Shopper, outside: CartOutsideTransactionDep, parts: PartsDep) -> Response:
    """The hold's state and the seconds that are left."""
    cart = await outside.read(shopper, shopper_selector(shopper, cart_id))
    return Json(_view(await parts.holding.hold_status(cart)))


def _view(state: HoldState) -> dict[str, object]:
    return {
        "status": state.status,
        "expiresAt": state.expires_at,
        "secondsLeft": state.seconds_left,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in state.lines],
    }
