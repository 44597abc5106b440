"""/api/admin/pricing-settings."""

from fastapi import APIRouter, Request, Response
from servicekit.db import TenantUnit
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.audits import AuditSubject
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep

from pricing.errors import TooManyRules409
from pricing.pricing_settings import service
from pricing.pricing_settings.schemas import PricingSettingsView, PutPricingSettings

router = APIRouter(prefix="/api/admin/pricing-settings", tags=["pricing settings"])


async def _before(unit: TenantUnit, _: Request) -> object:
    return PricingSettingsView.of(await service.read_settings(unit))


SETTINGS = AuditSubject("pricing_settings", before=_before)


@router.get("", response_model=PricingSettingsView)
async def get_settings(_: Admin, unit: TenantUnitDep) -> Response:
    """The company's settings, the defaults if it has none."""
    return Json(PricingSettingsView.of(await service.read_settings(unit)))


@router.put(
    "",
    response_model=PricingSettingsView,
    responses=problems(TooManyRules409),
    dependencies=[STAFF_CHANGES, SETTINGS.audited("changed")],
)
async def put_settings(body: PutPricingSettings, _: Admin, once: OnceDep) -> Response:
    """Replace the company's settings."""
    return await once.show(200, PricingSettingsView.of, service.put_settings, once.unit, body.to_settings())
