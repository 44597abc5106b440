"""A signed-in customer's cart: /api/cart, one open cart per site (rules.md 7)."""

from uuid import UUID

from fastapi import APIRouter, Path
from servicekit.errors import problems
from servicekit.ids import hash_token
from servicekit.routes.callers import Customer
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.direct import DirectRoute
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.outside_transaction import OutsideTransactionDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.domain import intents
from cart.carts.routes.bulk_schemas import ChangeItems
from cart.carts.routes.limits import ADD, CHANGE, CODE, CONTACT, CREATION, SIGN_IN
from cart.carts.routes.refusals import ADDS, BULK, CHANGES, CODES, LINES
from cart.carts.routes.requests import (
    SiteId,
    answered,
    change_request,
    code_application,
    customer_selector,
    moment,
    terms_of,
)
from cart.carts.routes.schemas import (
    AddItem,
    ApplyCode,
    CartView,
    CreateCart,
    MergeCart,
    MergedCartView,
    SetContact,
    SetQuantity,
)
from cart.carts.use_cases.merge_carts import SignIn
from cart.carts.use_cases.open_cart import NewCart
from cart.carts.use_cases.patience import when_no_hold_changes
from cart.parts import PartsDep

router = APIRouter(prefix="/api/cart", tags=["customer cart"], route_class=DirectRoute)


@router.post(
    "",
    status_code=201,
    response_model=CartView,
    responses={200: {"model": CartView}, **problems(errors.SiteNotFound, errors.CurrencyMismatch, errors.CartNotFound)},
    dependencies=[CREATION],
)
async def open_cart(
    body: CreateCart, customer: Customer, once: OnceDep, parts: PartsDep, site_id: SiteId = None
) -> Response:
    """Create the customer's cart (201), or answer the one that is open (200); the body names the site, or the query."""
    chosen = body.site_id or site_id or customer.site_id
    now = moment(customer, once.unit)
    new = NewCart(body.currency, chosen, customer.actor, now, body.visitor_id, terms_of(customer))
    return await once.run(parts.opener.open_customer_cart, once.unit, new, customer.subject)


@router.get("", response_model=CartView, responses=problems(errors.CartNotFound))
async def get_cart(
    customer: Customer, unit: TenantUnitDep, parts: PartsDep, site_id: SiteId = None, explain: bool = False
) -> Response:
    """The customer's open cart, priced now; `explain=1` adds how the price came about."""
    selector = customer_selector(customer, site_id)
    answer, cart = await parts.reader.read(
        unit, selector, moment(customer, unit), explained=explain, terms=terms_of(customer)
    )
    parts.view_recorder.record_view(cart.company_id, cart.id, unit.now)
    return answer.response()


@router.post(
    "/items",
    status_code=201,
    response_model=CartView,
    responses=ADDS,
    dependencies=[ADD],
)
async def add_item(
    conditions: ConditionsDep,
    body: AddItem,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Add a product; the same variant again adds up, and then answers 200 (rules.md 8)."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(conditions, unit, change, parts.adder.add_item(unit, change, body.wanted()))


@router.patch("/items/{item_id:uuid}", response_model=CartView, responses=LINES, dependencies=[CHANGE])
async def set_quantity(
    conditions: ConditionsDep,
    item_id: UUID,
    body: SetQuantity,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Set a line's quantity."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SetQuantity(item_id, body.quantity))
    )


@router.delete("/items/{item_id:uuid}", response_model=CartView, responses=LINES, dependencies=[CHANGE])
async def remove_item(
    conditions: ConditionsDep,
    item_id: UUID,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Take a line out of the cart."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveItem(item_id))
    )


@router.delete("/items", response_model=CartView, responses=CHANGES, dependencies=[CHANGE])
async def clear(
    conditions: ConditionsDep, customer: Customer, unit: TenantUnitDep, parts: PartsDep, site_id: SiteId = None
) -> Response:
    """Take every line out of the cart."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.Clear()))


@router.post("/items/bulk", response_model=CartView, responses=BULK, dependencies=[ADD])
async def change_items(
    conditions: ConditionsDep,
    body: ChangeItems,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Add, set and remove several lines as one change: where one is refused, named as `operation`, none is made."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(conditions, unit, change, parts.lines_changer.change_lines(unit, change, body.in_order()))


@router.post(
    "/discount",
    response_model=CartView,
    responses=CODES,
    dependencies=[CODE],
)
async def apply_code(
    conditions: ConditionsDep,
    body: ApplyCode,
    customer: Customer,
    outside: OutsideTransactionDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Apply a discount code."""
    selector = customer_selector(customer, site_id)
    application = code_application(conditions, parts.codes, customer, selector, body.code)
    return await outside.run(customer, application, known=application.known)


@router.delete("/discount/{code}", response_model=CartView, responses=CODES, dependencies=[CHANGE])
async def remove_code(
    conditions: ConditionsDep,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    code: str = Path(max_length=50),
    site_id: SiteId = None,
) -> Response:
    """Take a discount code off the cart."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    return await answered(conditions, unit, change, parts.changer.change_cart(unit, change, intents.RemoveCode(code)))


@router.post("/contact", response_model=CartView, responses=CHANGES, dependencies=[CONTACT])
async def set_contact(
    conditions: ConditionsDep,
    body: SetContact,
    customer: Customer,
    unit: TenantUnitDep,
    parts: PartsDep,
    site_id: SiteId = None,
) -> Response:
    """Leave an address, and consent or not, for a reminder of this cart."""
    change = await change_request(conditions, customer, unit, customer_selector(customer, site_id))
    contact = parts.contacts.seal(customer.company_id, body.email, body.consent, body.locale or customer.locale)
    return await answered(
        conditions, unit, change, parts.changer.change_cart(unit, change, intents.SetContact(contact))
    )


@router.post(
    "/merge",
    response_model=MergedCartView,
    responses={**CHANGES, **problems(errors.CurrencyMismatch)},
    dependencies=[SIGN_IN],
)
async def merge(body: MergeCart, customer: Customer, once: OnceDep, parts: PartsDep) -> Response:
    """Merge the guest's cart of a session token into the customer's; a retry changes nothing (rules.md 11)."""
    now, session_hash = moment(customer, once.unit), hash_token(body.session_token)
    who = SignIn(customer.subject, session_hash, body.strategy, customer.actor, now, terms_of(customer))
    return await when_no_hold_changes(once.unit, lambda: once.run(parts.merger.merge_carts, once.unit, who))
