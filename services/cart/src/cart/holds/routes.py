"""Holding a cart's stock: /api/cart/{id}/hold, for the shopper whose cart it is."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import Conflict409, FeatureDisabled403, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.process.kit import kit_of
from servicekit.routes.callers import Shopper
from servicekit.routes.outside_transaction import OutsideTransactionDep
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.routes.limits import HOLD_ONE
from cart.carts.routes.requests import moment_outside, shopper_selector
from cart.flags import CartFlag
from cart.holds.schemas import HoldView
from cart.holds.use_cases.answer_hold import HoldAnswer
from cart.holds.use_cases.place_hold import PlaceHold, ReleaseHold
from cart.parts import PartsDep

router = APIRouter(prefix="/api/cart/{cart_id}/hold", tags=["holds"])

_REFUSALS = problems(errors.CartNotFound, ServiceUnavailable503)
_FINAL = (errors.CartConvertedAlready, errors.CartMergedAlready, errors.CartExpiredAlready)
_RELEASING = problems(errors.CartNotFound, *_FINAL, ServiceUnavailable503)
_PLACING = problems(
    errors.CartNotFound,
    errors.CartEmpty,
    *_FINAL,
    errors.InventoryHoldFailed,
    errors.HoldLimit,
    errors.ProductUnavailable,
    FeatureDisabled403,
    Conflict409,
    ServiceUnavailable503,
)


@router.post("", status_code=201, response_model=HoldView, responses=_PLACING, dependencies=[HOLD_ONE])
async def place_hold(
    request: Request, cart_id: UUID, shopper: Shopper, outside: OutsideTransactionDep, parts: PartsDep
) -> Response:
    """Hold the stock of all lines, or of none; again renews it. A site that only validates holds nothing: NONE."""
    await kit_of(request).flags.require(CartFlag.INVENTORY_HOLD, shopper.company_id)
    selector, now = shopper_selector(shopper, cart_id), moment_outside(request, shopper)
    change = PlaceHold(selector, now)
    return await outside.run(shopper, HoldAnswer(parts.hold_changer, shopper.company_id, selector, change, 201))


@router.delete("", response_model=HoldView, responses=_RELEASING, dependencies=[HOLD_ONE])
async def release_hold(
    request: Request, cart_id: UUID, shopper: Shopper, outside: OutsideTransactionDep, parts: PartsDep
) -> Response:
    """Give the stock back; a cart that is final cannot."""
    selector = shopper_selector(shopper, cart_id)
    change = ReleaseHold(selector, moment_outside(request, shopper))
    return await outside.run(shopper, HoldAnswer(parts.hold_changer, shopper.company_id, selector, change, 200))


@router.get("/status", response_model=HoldView, responses=_REFUSALS)
async def hold_status(cart_id: UUID, shopper: Shopper, parts: PartsDep) -> Response:
    """The hold's state and the seconds that are left."""
    selector = shopper_selector(shopper, cart_id)
    return Json(HoldView.of(await parts.hold_reader.status(shopper.company_id, selector)))
