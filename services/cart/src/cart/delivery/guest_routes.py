"""Where a guest's cart is shipped to, and how: /api/public/cart/{id}/address and …/shipping-option."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.routes.callers import Guest
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart.carts.domain import intents
from cart.carts.routes.limits import CHANGE_ONE
from cart.carts.routes.refusals import CHANGES, SHIPPING
from cart.carts.routes.requests import address_change, answered, change_request, guest_selector
from cart.carts.routes.schemas import CartView
from cart.delivery.schemas import ChooseShipping
from cart.estimates.schemas import Address
from cart.parts import PartsDep

router = APIRouter(prefix="/api/public/cart/{cart_id}", tags=["guest cart"], route_class=DirectRoute)


@router.put("/address", response_model=CartView, responses=CHANGES, dependencies=[CHANGE_ONE])
async def set_address(
    conditions: ConditionsDep,
    cart_id: UUID,
    body: Address,
    guest: Guest,
    outside: OutsideTransactionDep,
    parts: PartsDep,
) -> Response:
    """Set where the cart is shipped to: its price has the taxes and ways to ship of there from now on."""
    change = address_change(conditions, parts.address_setter, guest, guest_selector(guest, cart_id), body.place())
    return await outside.run(guest, change)


@router.delete("/address", response_model=CartView, responses=CHANGES, dependencies=[CHANGE_ONE])
async def clear_address(
    conditions: ConditionsDep,
    cart_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Forget where the cart is shipped to."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.ShipTo(None, None)))


@router.put("/shipping-option", response_model=CartView, responses=SHIPPING, dependencies=[CHANGE_ONE])
async def choose_shipping(
    conditions: ConditionsDep,
    cart_id: UUID,
    body: ChooseShipping,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Choose one of the ways to ship that are offered; it is charged as long as it is offered."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.ChooseShipping(body.id))
    )


@router.delete("/shipping-option", response_model=CartView, responses=CHANGES, dependencies=[CHANGE_ONE])
async def clear_shipping(
    conditions: ConditionsDep,
    cart_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Have the cheapest way to ship charged again."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.ChooseShipping(None))
    )
