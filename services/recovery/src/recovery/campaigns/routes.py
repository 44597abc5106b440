"""The staff's routes of campaigns."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import NotFound404, problems
from servicekit.http.answers import Json
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from recovery.campaigns import service
from recovery.campaigns.schemas import CampaignChange, CampaignList, CampaignView, NewCampaign, quiet_of, steps_of
from recovery.dependencies import IsOn, RequireOn
from recovery.errors import CampaignExists409

router = APIRouter(prefix="/api/admin/recovery/campaigns", tags=["recovery campaigns"])
CAMPAIGN = AuditSubject("campaign", "campaign_id", by_path("campaign_id", service.get), CampaignView.of)


@router.get("", response_model=CampaignList)
async def list_campaigns(caller: Admin, is_on: IsOn, unit: TenantUnitDep) -> Json:
    """List the company's campaigns; today there is one, or none after it was deleted."""
    if not is_on:
        return Json(CampaignList(items=[], enabled=False))
    campaigns = await service.list_campaigns(unit)
    return Json(CampaignList(items=[CampaignView.of(campaign) for campaign in campaigns]))


@router.get("/{campaign_id}", response_model=CampaignView, responses=problems(NotFound404))
async def get_campaign(campaign_id: UUID, caller: Admin, unit: TenantUnitDep) -> Json:
    """Show one campaign."""
    return Json(CampaignView.of(await service.get(unit, campaign_id)))


@router.post(
    "",
    status_code=201,
    response_model=CampaignView,
    responses=problems(CampaignExists409),
    dependencies=[STAFF_CHANGES, RequireOn, CAMPAIGN.audited("created")],
)
async def create_campaign(body: NewCampaign, caller: Admin, once: OnceDep) -> Response:
    """Make the company's campaign, after the one before was deleted."""
    return await once.show(
        201,
        CampaignView.of,
        service.create,
        once.unit,
        name=body.name,
        active=body.active,
        daily_cap=body.daily_cap_per_recipient,
        quiet=quiet_of(body.quiet_hours),
        steps=steps_of(body.steps),
    )


@router.patch(
    "/{campaign_id}",
    response_model=CampaignView,
    responses=problems(NotFound404),
    dependencies=[STAFF_CHANGES, RequireOn, CAMPAIGN.audited("changed")],
)
async def change_campaign(campaign_id: UUID, body: CampaignChange, caller: Admin, once: OnceDep) -> Response:
    """Change what the body names; recoveries that are under way follow the new times."""
    return await once.show(200, CampaignView.of, service.change, once.unit, campaign_id, body.to_patch())


@router.delete(
    "/{campaign_id}",
    status_code=204,
    responses=problems(NotFound404),
    dependencies=[STAFF_CHANGES, RequireOn, CAMPAIGN.audited("deleted")],
)
async def delete_campaign(campaign_id: UUID, caller: Admin, once: OnceDep) -> Response:
    """End the campaign: no more mails go out until the company makes another."""
    return await once.silently(service.delete, once.unit, campaign_id)
