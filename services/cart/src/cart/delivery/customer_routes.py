"""Where a customer's cart is shipped to, and how: /api/cart/address and …/shipping-option."""

from fastapi import APIRouter
from servicekit.routes.callers import Customer
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart.carts.domain import intents
from cart.carts.routes.limits import CHANGE
from cart.carts.routes.refusals import CHANGES, SHIPPING
from cart.carts.routes.requests import SiteId, address_change, answered, change_request, customer_selector
from cart.carts.routes.schemas import CartView
from cart.delivery.schemas import ChooseShipping
from cart.estimates.schemas import Address
from cart.parts import PartsDep

router = APIRouter(prefix="/api/cart", tags=["customer cart"], route_class=DirectRoute)


@router.put("/address", response_model=CartView, responses=CHANGES, dependencies=[CHANGE])
async def set_address(
    conditions: ConditionsDep,
    body: Address,
    customer: Customer,
    outside: OutsideTransactionDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Set where the cart is shipped to: its price has the taxes and ways to ship of there from now on."""
    change = address_change(
        conditions, parts.address_setter, customer, customer_selector(customer, site_id), body.place()
    )
    return await outside.run(customer, change)


@router.delete("/address", response_model=CartView, responses=CHANGES, dependencies=[CHANGE])
async def clear_address(
    conditions: ConditionsDep,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Forget where the cart is shipped to."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.ShipTo(None, None)))


@router.put("/shipping-option", response_model=CartView, responses=SHIPPING, dependencies=[CHANGE])
async def choose_shipping(
    conditions: ConditionsDep,
    body: ChooseShipping,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Choose one of the ways to ship that are offered; it is charged as long as it is offered."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.ChooseShipping(body.id))
    )


@router.delete("/shipping-option", response_model=CartView, responses=CHANGES, dependencies=[CHANGE])
async def clear_shipping(
    conditions: ConditionsDep,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Have the cheapest way to ship charged again."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.ChooseShipping(None))
    )
