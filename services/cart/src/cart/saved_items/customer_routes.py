"""What a customer saves for later: /api/cart/save-for-later, …/move-to-cart and …/saved."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.routes.callers import Customer
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.domain import intents
from cart.carts.routes.limits import ADD, CHANGE
from cart.carts.routes.refusals import LINES
from cart.carts.routes.requests import SiteId, answered, change_request, customer_selector
from cart.carts.routes.schemas import CartView
from cart.parts import PartsDep
from cart.saved_items.schemas import SavedItemsView
from cart.saved_items.service import read_saved_items

router = APIRouter(prefix="/api/cart", tags=["customer cart"], route_class=DirectRoute)


@router.get("/saved", response_model=SavedItemsView, responses=problems(errors.CartNotFound))
async def get_saved_items(customer: Customer, unit: TenantUnitDep, site_id: SiteId = None) -> Response:
    """What is saved for later, at the prices of now."""
    return (await read_saved_items(unit, customer_selector(customer, site_id))).response()


@router.post("/save-for-later/{item_id}", response_model=CartView, responses=LINES, dependencies=[CHANGE])
async def save_for_later(
    conditions: ConditionsDep,
    item_id: UUID,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Take a line out of the cart and keep it for later, with its options: it is neither priced nor held."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SaveForLater(item_id))
    )


@router.post(
    "/move-to-cart/{item_id}",
    status_code=201,
    response_model=CartView,
    responses={200: {"model": CartView}, **LINES},
    dependencies=[ADD],
)
async def move_to_cart(
    conditions: ConditionsDep,
    item_id: UUID,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Put a saved item back at the price of now; one that the cart has already adds up, and then answers 200."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.MoveToCart(item_id))
    )


@router.delete("/saved/{item_id}", response_model=CartView, responses=LINES, dependencies=[CHANGE])
async def remove_saved_item(
    conditions: ConditionsDep,
    item_id: UUID,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Forget a saved item."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveSaved(item_id))
    )
