"""/internal/addresses: called by the cart service."""

from contracts.pricing_calls import AddressResolved, ResolveAddress
from fastapi import APIRouter, Response
from servicekit.http.answers import Json
from servicekit.routes.callers import ServiceCaller
from servicekit.routes.transactions import TenantUnitDep

from pricing.addresses import service

router = APIRouter(prefix="/internal/addresses", tags=["internal"])


@router.post("/resolve", response_model=AddressResolved)
async def resolve_address(_: ServiceCaller, body: ResolveAddress, unit: TenantUnitDep) -> Response:
    """The tax rates and the ways to ship at an address; nothing of the address is stored."""
    return Json(await service.resolve_address(unit, body))
