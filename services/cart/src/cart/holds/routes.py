"""Holding a cart's stock: /api/cart/{id}/hold, for the shopper whose cart it is."""

from uuid import UUID

from contracts.inventory_calls import HoldState
from fastapi import APIRouter
from servicekit.auth import Shopper
from servicekit.edge import TenantUnit
from servicekit.errors import ServiceUnavailable503, problems
from servicekit.flags import Flag
from servicekit.http import Json
from servicekit.idempotency import idempotent
from servicekit.kit import kit_of
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.edge import moment, shopper_selector
from cart.holds import service
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
    ServiceUnavailable503,
)


@router.post("", status_code=201, response_model=HoldView, responses=_PLACING)
async def place_hold(request: Request, cart_id: UUID, shopper: Shopper, unit: TenantUnit, parts: PartsDep) -> Response:
    """Hold the stock of all lines, or of none; again renews it (rules.md 18)."""
    await kit_of(request).flags.require(Flag.INVENTORY_HOLD, shopper.company_id)

    async def effect() -> Response:
        selector = shopper_selector(shopper, cart_id)
        state = await service.place_hold(unit, parts.holds, selector, moment(shopper, unit))
        return Json(_view(state), 201)

    return await idempotent(request, unit, shopper, effect)


@router.delete("", response_model=HoldView, responses=_REFUSALS)
async def release_hold(
    request: Request, cart_id: UUID, shopper: Shopper, unit: TenantUnit, parts: PartsDep
) -> Response:
    """Give the stock back."""

    async def effect() -> Response:
        return Json(_view(await service.release_hold(unit, parts.holds, shopper_selector(shopper, cart_id))))

    return await idempotent(request, unit, shopper, effect)


@router.get("/status", response_model=HoldView, responses=_REFUSALS)
async def hold_status(cart_id: UUID, shopper: Shopper, unit: TenantUnit, parts: PartsDep) -> Response:
    """The hold's state and the seconds that are left."""
    return Json(_view(await service.hold_status(unit, parts.holds, shopper_selector(shopper, cart_id))))


def _view(state: HoldState) -> dict[str, object]:
    return {
        "status": state.status,
        "expiresAt": state.expires_at,
        "secondsLeft": state.seconds_left,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in state.lines],
    }
