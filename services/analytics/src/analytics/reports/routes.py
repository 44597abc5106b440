"""/api/analytics/ecommerce/… and, the same, /api/admin/ecommerce-analytics/…"""

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep

from analytics.dependencies import Enabled
from analytics.errors import SiteNotFound404
from analytics.reports import service
from analytics.reports.outcome_schemas import PromotionReport, RecoveryReport, UpsellReport
from analytics.reports.schemas import CartReport, Funnel, Overview, ReportParameters

PREFIXES = ("/api/analytics/ecommerce", "/api/admin/ecommerce-analytics")


async def get_overview(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """Carts created, abandoned, converted and recovered, their revenue, and all of it over time."""
    return Json(Overview.of(await service.overview(unit, parameters.request(enabled=enabled))))


async def get_carts(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """How full carts are, and which products are added, left and sold most."""
    return Json(CartReport.of(await service.carts(unit, parameters.request(enabled=enabled))))


async def get_funnel(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """How far the carts made in a period got: item added, viewed, checkout started, converted."""
    return Json(Funnel.of(await service.funnel(unit, parameters.request(enabled=enabled))))


async def get_recovery(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """Recovery mails, clicks, and the carts that came back."""
    return Json(RecoveryReport.of(await service.recovery(unit, parameters.request(enabled=enabled))))


async def get_upsell(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """Recommendations shown, taken and dismissed."""
    return Json(UpsellReport.of(await service.upsell(unit, parameters.request(enabled=enabled))))


async def get_promotions(staff: Admin, enabled: Enabled, parameters: ReportParameters, unit: TenantUnitDep) -> Response:
    """What promotions took off the carts that converted."""
    return Json(PromotionReport.of(await service.promotions(unit, parameters.request(enabled=enabled))))


router = APIRouter(tags=["reports"])
for prefix in PREFIXES:
    for name, endpoint, report in (
        ("overview", get_overview, Overview),
        ("cart", get_carts, CartReport),
        ("funnel", get_funnel, Funnel),
        ("recovery", get_recovery, RecoveryReport),
        ("upsell", get_upsell, UpsellReport),
        ("promotions", get_promotions, PromotionReport),
    ):
        router.add_api_route(f"{prefix}/{name}", endpoint, response_model=report, responses=problems(SiteNotFound404))
