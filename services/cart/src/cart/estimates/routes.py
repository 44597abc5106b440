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
from cart.carts.routes.requests import customer_selector, guest_selector, moment
from cart.estimates.schemas import Address, Country, PostalCode, ShippingView, State, TaxView
from cart.estimates.service import Estimate, estimate, read_priceable
from cart.parts import Parts, PartsDep

router = APIRouter(prefix="/api/cart", tags=["estimates"])

_REFUSALS = problems(errors.SiteNotFound, ServiceUnavailable503)
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


@router.post("/shipping/estimate", response_model=ShippingView, responses=_BODY_REFUSALS, openapi_extra=_BODY)
async def estimate_shipping(request: Request, address: AddressBody, shopper: Shopper, parts: PartsDep) -> Response:
    """Every way to ship the cart to the address."""
    return Json(_shipping(await _estimate(request, parts, shopper, address)))


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
    return Json(_shipping(await _estimate(request, parts, shopper, address)))


@router.post("/tax/estimate", response_model=TaxView, responses=_BODY_REFUSALS, openapi_extra=_BODY)
async def estimate_tax(request: Request, address: AddressBody, shopper: Shopper, parts: PartsDep) -> Response:
    """The taxes of the cart at the address, with those on the cheapest shipping."""
    return Json(_tax(await _estimate(request, parts, shopper, address)))


async def _estimate(request: Request, parts: Parts, shopper: Caller, address: Address) -> Estimate:
    """Read in one unit, then ask pricing while none is open."""
    async with kit_of(request).database.unit(shopper.company_id) as unit:
        now = moment(shopper, unit)
        priceable = await read_priceable(unit, parts.rules, _selector(shopper), now)
    return await estimate(parts.addresses, priceable, address, now)


def _selector(shopper: Caller) -> Selector:
    return guest_selector(shopper) if shopper.kind == "guest" else customer_selector(shopper, None)


def _shipping(estimated: Estimate) -> dict[str, Any]:
    free = estimated.quote.free_shipping
    return {
        "currency": estimated.currency,
        "options": [
            {
                "id": option.rule_id,
                "name": option.name,
                "amount": option.amount,
                "estimatedDays": option.estimated_days,
                "free": option.free,
            }
            for option in estimated.options
        ],
        "freeShipping": {"remaining": free.remaining, "reached": free.reached} if free else None,
    }


def _tax(estimated: Estimate) -> dict[str, Any]:
    priced = estimated.quote
    return {
        "currency": estimated.currency,
        "taxTotal": priced.totals.tax_total,
        "rates": [
            {"name": tax.name, "type": tax.type, "rate": percent(tax.rate_ppm), "amount": tax.amount}
            for tax in priced.taxes
        ],
        "inclusive": priced.tax_inclusive,
    }


def percent(ppm: int) -> str:
    """Parts per million as percent: 88,750 is "8.875"."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
