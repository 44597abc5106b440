"""/api/admin/pricing-settings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from servicekit.auth import Admin
from servicekit.edge import TenantUnit
from servicekit.http import Json

from pricing.pricing_settings import service
from pricing.pricing_settings.schemas import PricingSettingsView, PutPricingSettings
from pricing.writing import AdminWrite

router = APIRouter(prefix="/api/admin/pricing-settings", tags=["pricing settings"])

SiteId = Annotated[UUID | None, Query(alias="siteId", description="A site; without it, the company.")]


@router.get("", response_model=PricingSettingsView)
async def get_settings(staff: Admin, unit: TenantUnit, site_id: SiteId = None) -> Response:
    """The settings that hold for a site: its own, else the company's, else the defaults."""
    return Json(PricingSettingsView.of(await service.read_settings(unit, staff.company_id, site_id)))


@router.put("", response_model=PricingSettingsView)
async def put_settings(body: PutPricingSettings, write: AdminWrite, site_id: SiteId = None) -> Response:
    """Replace the settings of the company, or give a site its own."""
    company_id, display = write.staff.company_id, body.to_display()
    return await write.once(
        lambda: service.put_settings(write.unit, company_id, site_id, display), PricingSettingsView.of
    )
