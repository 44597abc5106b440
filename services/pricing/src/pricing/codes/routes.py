"""/internal/codes: called by the cart service."""

from contracts.pricing_calls import CodeResolved, ResolveCode
from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import ServiceCaller
from servicekit.routes.transactions import TenantUnitDep

from pricing.codes import service
from pricing.errors import DiscountExpired400, DiscountInvalid400, DiscountLimitReached400

router = APIRouter(prefix="/internal/codes", tags=["internal"])


@router.post(
    "/resolve",
    response_model=CodeResolved,
    responses=problems(DiscountInvalid400, DiscountExpired400, DiscountLimitReached400),
)
async def resolve_code(_: ServiceCaller, body: ResolveCode, unit: TenantUnitDep) -> Response:
    """The rule behind a code, for this site and currency, now; nothing is redeemed."""
    return Json(await service.resolve_code(unit, body))
