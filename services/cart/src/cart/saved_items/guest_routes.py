"""What a guest saves for later: /api/public/cart/{id}/save-for-later, …/move-to-cart and …/saved."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.routes.callers import Guest
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.domain import intents
from cart.carts.routes.limits import ADD_TO_ONE, CHANGE_ONE
from cart.carts.routes.refusals import LINES
from cart.carts.routes.requests import answered, change_request, guest_selector
from cart.carts.routes.schemas import CartView
from cart.parts import PartsDep
from cart.saved_items.schemas import SavedItemsView
from cart.saved_items.service import read_saved_items

router = APIRouter(prefix="/api/public/cart/{cart_id}", tags=["guest cart"], route_class=DirectRoute)


@router.get("/saved", response_model=SavedItemsView, responses=problems(errors.CartNotFound))
async def get_saved_items(cart_id: UUID, guest: Guest, unit: TenantUnitDep) -> Response:
    """What is saved for later, at the prices of now."""
    return (await read_saved_items(unit, guest_selector(guest, cart_id))).response()


@router.post("/save-for-later/{item_id}", response_model=CartView, responses=LINES, dependencies=[CHANGE_ONE])
async def save_for_later(
    conditions: ConditionsDep,
    cart_id: UUID,
    item_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Take a line out of the cart and keep it for later, with its options: it is neither priced nor held."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SaveForLater(item_id))
    )


@router.post(
    "/move-to-cart/{item_id}",
    status_code=201,
    response_model=CartView,
    responses={200: {"model": CartView}, **LINES},
    dependencies=[ADD_TO_ONE],
)
async def move_to_cart(
    conditions: ConditionsDep,
    cart_id: UUID,
    item_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Put a saved item back at the price of now; one that the cart has already adds up, and then answers 200."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.MoveToCart(item_id))
    )


@router.delete("/saved/{item_id}", response_model=CartView, responses=LINES, dependencies=[CHANGE_ONE])
async def remove_saved_item(
    conditions: ConditionsDep,
    cart_id: UUID,
    item_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Forget a saved item."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveSaved(item_id))
    )
