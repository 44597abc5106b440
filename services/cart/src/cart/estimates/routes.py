"""Shipping and tax by address: /api/cart/shipping/… and /api/cart/tax/estimate; bodies are JSON whatever they say."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from servicekit.auth.caller import Caller
from servicekit.errors import BadRequest400, ServiceUnavailable503, ValidationFailed422, problems
from servicekit.http.answers import Json
from servicekit.http.bodies import json_body
from servicekit.process.kit import kit_of
from servicekit.routes.callers import Shopper
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.persistence.selectors import Selector
from cart.carts.routes.limits import ESTIMATE
from cart.carts.routes.requests import customer_selector, guest_selector, moment
from cart.estimates.domain import Estimate
from cart.estimates.schemas import Address, Country, PostalCode, ShippingView, State, TaxView
from cart.estimates.service import estimate, read_priceable
from cart.estimates.view import shipping_view, tax_view
from cart.parts import Parts, PartsDep

router = APIRouter(prefix="/api/cart", tags=["estimates"])

_REFUSALS = problems(errors.CartNotFound, errors.SiteNotFound, ServiceUnavailable503)
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Address.model_json_schema(by_alias=True)}},
    }
}
_BODY_REFUSALS = {**_REFUSALS, **problems(BadRequest400, ValidationFailed422)}


async def address_in_body(request: Request) -> Address:
    """The address in the body, read as JSON whatever Content-Type says (api.md)."""
    return await json_body(request, Address)


AddressBody = Annotated[Address, Depends(address_in_body)]


@router.post(
    "/shipping/estimate",
    response_model=ShippingView,
    responses=_BODY_REFUSALS,
    openapi_extra=_BODY,
    dependencies=[ESTIMATE],
)
async def estimate_shipping(request: Request, address: AddressBody, shopper: Shopper, parts: PartsDep) -> Response:
    """Every way to ship the cart to the address."""
    return Json(shipping_view(await _estimate(request, parts, shopper, address)))


@router.get("/shipping/rates", response_model=ShippingView, responses=_REFUSALS)
async def shipping_rates(
    request: Request,
    shopper: Shopper,
    parts: PartsDep,
    country: Annotated[Country, Query()],
    state: Annotated[State | None, Query()] = None,
    postal_code: Annotated[PostalCode | None, Query(alias="postalCode")] = None,
) -> Response:
    """Every way to ship the cart to the address in the query."""
    address = Address(country=country, state=state, postal_code=postal_code)
    return Json(shipping_view(await _estimate(request, parts, shopper, address)))


@router.post(
    "/tax/estimate", response_model=TaxView, responses=_BODY_REFUSALS, openapi_extra=_BODY, dependencies=[ESTIMATE]
)
async def estimate_tax(request: Request, address: AddressBody, shopper: Shopper, parts: PartsDep) -> Response:
    """The taxes of the cart at the address, with those on the cheapest shipping."""
    return Json(tax_view(await _estimate(request, parts, shopper, address)))


async def _estimate(request: Request, parts: Parts, shopper: Caller, address: Address) -> Estimate:
    """Read in one unit, then ask pricing while none is open; a customer needs no cart, a session must open one."""
    async with kit_of(request).database.unit(shopper.company_id) as unit:
        now = moment(shopper, unit)
        priceable = await read_priceable(
            unit, parts.rules, _selector(shopper), now, or_empty=shopper.kind == "customer"
        )
    return await estimate(parts.addresses, priceable, address, now)


def _selector(shopper: Caller) -> Selector:
    return guest_selector(shopper) if shopper.kind == "guest" else customer_selector(shopper, None)
