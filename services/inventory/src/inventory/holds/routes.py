"""Where other services place, read, extend and release the holds of carts."""

from typing import Annotated
from uuid import UUID

from contracts.inventory_calls import HoldState
from fastapi import APIRouter, Query, Request
from servicekit.errors import Conflict409, FeatureDisabled403, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.process.kit import Kit, kit_of
from servicekit.routes.callers import ServiceCaller
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.errors import FencePassed, HoldFailed, HoldLimitReached, HoldNotFound, HoldOver, ProductNotFound
from inventory.flags import InventoryFlag
from inventory.holds.domain import HoldOrder, HoldPolicy, summed
from inventory.holds.schemas import BoundedCommitHold, BoundedPlaceHold, BoundedRevertCommit
from inventory.holds.use_cases import extend_hold, read_hold, release_hold
from inventory.holds.use_cases.commit_order import commit_order
from inventory.holds.use_cases.place_hold import place_hold
from inventory.holds.use_cases.revert_commit import revert_commit
from inventory.settings import InventorySettings

router = APIRouter(prefix="/internal/holds", tags=["internal"])

FenceQuery = Annotated[int | None, Query(ge=0, le=2**63 - 1)]
Reason = Annotated[str, Query(pattern=r"^[a-z_]{1,50}$")]


@router.post(
    "",
    status_code=201,
    response_model=HoldState,
    responses={
        200: {"model": HoldState, "description": "The cart's open hold, replaced or unchanged."},
        **problems(
            HoldFailed,
            HoldLimitReached,
            FencePassed,
            ProductNotFound,
            FeatureDisabled403,
            Conflict409,
            ServiceUnavailable503,
        ),
    },
)
async def place(body: BoundedPlaceHold, request: Request, caller: ServiceCaller) -> Response:
    """Take all of a cart's lines or nothing: 201 for a new hold, 200 for one that was replaced or already is so."""
    kit = kit_of(request)
    await kit.flags.require(InventoryFlag.INVENTORY_HOLD, caller.company_id)
    order = _order(body)
    placed = await place_hold(kit.database, caller.company_id, order, _policy(request))
    return Json(placed.state, 201 if placed.is_new else 200)


@router.get("/by-cart/{cart_id}", response_model=HoldState)
async def read(cart_id: UUID, caller: ServiceCaller, unit: TenantUnitDep) -> Response:
    """The cart's open hold, else its last one, else status NONE."""
    return Json(await read_hold.state_of_cart(unit, cart_id))


@router.delete("/by-cart/{cart_id}", response_model=HoldState, responses=problems(FencePassed))
async def release(
    cart_id: UUID, caller: ServiceCaller, unit: TenantUnitDep, reason: Reason = "shopper", fence: FenceQuery = None
) -> Response:
    """Give the cart's hold back; again, or without an open hold, nothing changes."""
    return Json(await release_hold.release(unit, cart_id, reason, fence))


@router.post("/by-cart/{cart_id}/extend", response_model=HoldState, responses=problems(HoldNotFound, HoldOver))
async def extend(cart_id: UUID, request: Request, caller: ServiceCaller, unit: TenantUnitDep) -> Response:
    """Give the cart's hold its full time again, up to the maximum since it was placed."""
    return Json(await extend_hold.extend(unit, cart_id, _policy(request)))


@router.post(
    "/commit",
    response_model=HoldState,
    responses=problems(HoldFailed, FencePassed, HoldOver, ProductNotFound, Conflict409, ServiceUnavailable503),
)
async def commit(body: BoundedCommitHold, request: Request, caller: ServiceCaller) -> Response:
    """Make the lines an order's stock, from the cart's open hold or, if that is over, taken again; once per order."""
    database = kit_of(request).database
    return Json(await commit_order(database, caller.company_id, _order(body), body.order_id, _policy(request)))


@router.post("/by-cart/{cart_id}/revert", response_model=HoldState, responses=problems(FencePassed))
async def revert(cart_id: UUID, body: BoundedRevertCommit, caller: ServiceCaller, unit: TenantUnitDep) -> Response:
    """Free the stock of an order that was not made after all; without its commit nothing changes."""
    return Json(await revert_commit(unit, cart_id, body.order_id, body.fence))


def _order(body: BoundedPlaceHold) -> HoldOrder:
    return HoldOrder(body.cart_id, body.site_id, body.owner, summed(body.lines), body.fence)


def _policy(request: Request) -> HoldPolicy:
    kit: Kit[InventorySettings, None] = kit_of(request)
    settings = kit.settings
    return HoldPolicy(settings.hold_duration, settings.hold_maximum, settings.inventory_open_holds_per_owner)
