"""Bundles in a guest's cart: /api/public/cart/{id}/bundles."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.routes.callers import Guest
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart.bundles.schemas import AddBundle
from cart.carts.domain import intents
from cart.carts.routes.limits import ADD_TO_ONE, CHANGE_ONE
from cart.carts.routes.refusals import BUNDLE_ADDS, GROUPS
from cart.carts.routes.requests import answered, change_request, guest_selector
from cart.carts.routes.schemas import CartView
from cart.parts import PartsDep

router = APIRouter(prefix="/api/public/cart/{cart_id}/bundles", tags=["guest cart"], route_class=DirectRoute)


@router.post(
    "",
    status_code=201,
    response_model=CartView,
    responses={200: {"model": CartView}, **BUNDLE_ADDS},
    dependencies=[ADD_TO_ONE],
)
async def add_bundle(
    conditions: ConditionsDep, cart_id: UUID, body: AddBundle, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Add a bundle with all of its components; the same with the same selections adds up, and then answers 200."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.bundle_adder.add_bundle(unit, change, body.wanted()))


@router.delete("/{group_id}", response_model=CartView, responses=GROUPS, dependencies=[CHANGE_ONE])
async def remove_bundle(
    conditions: ConditionsDep, cart_id: UUID, group_id: UUID, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Take a bundle out of the cart, with all of its lines; `group_id` is its `groupId`, its lines' `bundleGroupId`."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveBundle(group_id))
    )
