"""A guest's cart: /api/public/cart, opened by the company's id and a session token (rules.md 7)."""

from uuid import UUID

from fastapi import APIRouter, Path
from servicekit.errors import problems
from servicekit.routes.callers import Guest, GuestOrNone
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.domain import intents
from cart.carts.routes.bulk_schemas import ChangeItems
from cart.carts.routes.limits import ADD_TO_ONE, CHANGE_ONE, CODE_OF_ONE, CONTACT_OF_ONE, GUEST_CREATION
from cart.carts.routes.refusals import ADDS, BULK, CHANGES, CODES, LINES
from cart.carts.routes.requests import answered, change_request, code_application, guest_selector, moment
from cart.carts.routes.schemas import (
    AddItem,
    ApplyCode,
    CartView,
    CreateCart,
    NewGuestCartView,
    SetContact,
    SetQuantity,
)
from cart.carts.use_cases.open_cart import NewCart
from cart.parts import PartsDep

router = APIRouter(prefix="/api/public/cart", tags=["guest cart"], route_class=DirectRoute)


@router.post(
    "",
    status_code=201,
    response_model=NewGuestCartView,
    responses=problems(errors.SiteNotFound),
    dependencies=[GUEST_CREATION],
)
async def create_cart(body: CreateCart, guest: GuestOrNone, once: OnceDep, parts: PartsDep) -> Response:
    """Create a guest's cart; the answer has the session token, once.

    With the token of a cart that was ordered or has expired its wishlist and comparison go along to the new one.
    """
    now, earlier = moment(guest, once.unit), guest.session_hash
    new = NewCart(body.currency, body.site_id, guest.actor, now, body.visitor_id, earlier_session=earlier)
    return await once.run(parts.opener.create_guest_cart, once.unit, new)


@router.get("", response_model=CartView, responses=problems(errors.CartNotFound))
async def get_cart(guest: Guest, unit: TenantUnitDep, parts: PartsDep, explain: bool = False) -> Response:
    """The cart of this session, priced now; `explain=1` adds how the price came about."""
    answer, cart = await parts.reader.read(unit, guest_selector(guest), moment(guest, unit), explained=explain)
    parts.view_recorder.record_view(cart.company_id, cart.id, unit.now)
    return answer.response()


@router.post(
    "/{cart_id}/items",
    status_code=201,
    response_model=CartView,
    responses=ADDS,
    dependencies=[ADD_TO_ONE],
)
async def add_item(
    conditions: ConditionsDep, cart_id: UUID, body: AddItem, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Add a product; the same variant again adds up, and then answers 200 (rules.md 8)."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.adder.add_item(unit, change, body.wanted()))


@router.patch("/{cart_id}/items/{item_id:uuid}", response_model=CartView, responses=LINES, dependencies=[CHANGE_ONE])
async def set_quantity(
    conditions: ConditionsDep,
    cart_id: UUID,
    item_id: UUID,
    body: SetQuantity,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Set a line's quantity."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SetQuantity(item_id, body.quantity))
    )


@router.delete("/{cart_id}/items/{item_id:uuid}", response_model=CartView, responses=LINES, dependencies=[CHANGE_ONE])
async def remove_item(
    conditions: ConditionsDep, cart_id: UUID, item_id: UUID, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Take a line out of the cart."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveItem(item_id))
    )


@router.delete("/{cart_id}/items", response_model=CartView, responses=CHANGES, dependencies=[CHANGE_ONE])
async def clear(
    conditions: ConditionsDep, cart_id: UUID, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Take every line out of the cart."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.Clear()))


@router.post("/{cart_id}/items/bulk", response_model=CartView, responses=BULK, dependencies=[ADD_TO_ONE])
async def change_items(
    conditions: ConditionsDep, cart_id: UUID, body: ChangeItems, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Add, set and remove several lines as one change: where one is refused, named as `operation`, none is made."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.lines_changer.change_lines(unit, change, body.in_order()))


@router.post(
    "/{cart_id}/discount",
    response_model=CartView,
    responses=CODES,
    dependencies=[CODE_OF_ONE],
)
async def apply_code(
    conditions: ConditionsDep,
    cart_id: UUID,
    body: ApplyCode,
    guest: Guest,
    outside: OutsideTransactionDep,
    parts: PartsDep,
) -> Response:
    """Apply a discount code."""
    selector = guest_selector(guest, cart_id)
    application = code_application(conditions, parts.codes, guest, selector, body.code)
    return await outside.run(guest, application, known=application.known)


@router.delete("/{cart_id}/discount/{code}", response_model=CartView, responses=CODES, dependencies=[CHANGE_ONE])
async def remove_code(
    conditions: ConditionsDep,
    cart_id: UUID,
    guest: Guest,
    unit: TenantUnitDep,
    parts: PartsDep,
    code: str = Path(max_length=50),
) -> Response:
    """Take a discount code off the cart."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveCode(code)))


@router.post("/{cart_id}/contact", response_model=CartView, responses=CHANGES, dependencies=[CONTACT_OF_ONE])
async def set_contact(
    conditions: ConditionsDep, cart_id: UUID, body: SetContact, guest: Guest, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Leave an address, and consent or not, for a reminder of this cart."""
    change = await change_request(conditions, guest, unit, guest_selector(guest, cart_id))
    contact = parts.contacts.seal(guest.company_id, body.email, body.consent, body.locale)
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SetContact(contact))
    )
