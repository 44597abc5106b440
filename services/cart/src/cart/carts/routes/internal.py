"""What other services and the order system ask of carts: service tokens only, never routed by the gateway."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from contracts.cart_calls import (
    AddRecommended,
    AuthorizeShopper,
    CartConvertedAnswer,
    CartFreezeAnswer,
    CartRestored,
    CartSnapshot,
    ConvertCart,
    FreezeCart,
    RestoreCart,
    ThawCart,
)
from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import ServiceCaller
from servicekit.routes.conditions import ConditionsDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import bundle_errors, errors
from cart.carts.domain import freezing
from cart.carts.domain.lines import Wanted
from cart.carts.persistence.selectors import Selector
from cart.carts.routes.refusals import ADDS, CHANGES
from cart.carts.routes.requests import answered, change_request, moment
from cart.carts.routes.schemas import CartView
from cart.carts.use_cases.patience import when_no_hold_changes
from cart.parts import PartsDep

router = APIRouter(prefix="/internal/carts", tags=["internal"])


@router.post("/authorize", response_model=CartSnapshot, responses=problems(errors.CartNotFound))
async def authorize(body: AuthorizeShopper, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep) -> Response:
    """Whether a shopper's credential opens a cart, and the cart; one that does not is CART_NOT_FOUND."""
    return Json(await parts.reader.snapshot(unit, _selector(body), unit.now))


@router.get("/{cart_id:uuid}", response_model=CartSnapshot, responses=problems(errors.CartNotFound))
async def get_snapshot(cart_id: UUID, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep) -> Response:
    """The cart as it is now, priced now."""
    return Json(await parts.reader.snapshot(unit, Selector.by_id(cart_id), unit.now))


@router.post(
    "/{cart_id}/convert",
    response_model=CartConvertedAnswer,
    responses={
        **CHANGES,
        **problems(
            errors.CartEmpty,
            errors.ItemNotFound,
            bundle_errors.BundleIncomplete,
            errors.TotalMismatch,
            errors.InventoryHoldFailed,
        ),
    },
)
async def convert(
    cart_id: UUID, body: ConvertCart, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Make the cart an order; the same orderId again answers the same (rules.md 16)."""
    now = moment(caller, unit)
    return Json(await parts.converter.convert_cart(unit, cart_id, body, "shopper", now))


@router.post(
    "/{cart_id}/freeze",
    response_model=CartFreezeAnswer,
    responses={**CHANGES, **problems(errors.CartEmpty, errors.CartFrozen)},
)
async def freeze(
    cart_id: UUID, body: FreezeCart, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Keep lines and prices for a checkout, for a time; the same checkout again gets the same prices (rules.md 14)."""
    intent = freezing.FreezeCart(body.checkout_id, timedelta(seconds=body.seconds))
    return Json(await parts.freezer.freeze_cart(unit, cart_id, intent, "shopper", moment(caller, unit)))


@router.post("/{cart_id}/thaw", response_model=CartFreezeAnswer, responses={**CHANGES, **problems(errors.CartFrozen)})
async def thaw(cart_id: UUID, body: ThawCart, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep) -> Response:
    """End a checkout's freeze; again, or too late, changes nothing (rules.md 14)."""
    return Json(await parts.freezer.thaw_cart(unit, cart_id, body.checkout_id, "shopper", moment(caller, unit)))


@router.post("/{cart_id}/restore", response_model=CartRestored, responses=CHANGES)
async def restore(
    cart_id: UUID, body: RestoreCart, caller: ServiceCaller, unit: TenantUnitDep, parts: PartsDep
) -> Response:
    """Reactivate an abandoned cart for whoever followed its recovery link (rules.md 29)."""
    restoring = partial(parts.restorer.restore_cart, unit, cart_id, body.abandonment_id, unit.now)
    return Json(await when_no_hold_changes(unit, restoring))


@router.post("/{cart_id}/items", status_code=201, response_model=CartView, responses=ADDS)
async def add_item(
    conditions: ConditionsDep,
    cart_id: UUID,
    body: AddRecommended,
    caller: ServiceCaller,
    unit: TenantUnitDep,
    parts: PartsDep,
) -> Response:
    """Add a product for a shopper whom the calling service has authorised; once per Idempotency-Key (rules.md 10)."""
    change = replace(await change_request(conditions, caller, unit, Selector.by_id(cart_id)), actor=body.actor)
    wanted = Wanted(body.product_id, body.variant_id, body.quantity, {}, body.source)
    return await answered(conditions, unit, change, parts.adder.add_item(unit, change, wanted))


def _selector(body: AuthorizeShopper) -> Selector:
    if body.session_hash is not None:
        return Selector.by_session(bytes.fromhex(body.session_hash), body.cart_id)
    if body.customer_id is None:
        raise errors.CartNotFound()
    if body.cart_id is not None:
        return Selector.by_customer_and_id(body.customer_id, body.cart_id)
    return Selector.by_customer(body.customer_id, body.site_id)
