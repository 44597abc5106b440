"""The staff's routes of campaigns."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import NotFound404, problems
from servicekit.http.answers import Answer, Json
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import idempotent
from servicekit.routes.transactions import TenantUnitDep
from starlette.requests import Request
from starlette.responses import Response

from recovery.campaigns import service
from recovery.campaigns.schemas import CampaignChange, CampaignList, CampaignView, NewCampaign, quiet_of, steps_of
from recovery.dependencies import IsOn, RequireOn
from recovery.errors import CampaignExists409

router = APIRouter(prefix="/api/admin/recovery/campaigns", tags=["recovery campaigns"])


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
    "", status_code=201, response_model=CampaignView, responses=problems(CampaignExists409), dependencies=[RequireOn]
)
async def create_campaign(request: Request, body: NewCampaign, caller: Admin, unit: TenantUnitDep) -> Response:
    """Make the company's campaign, after the one before was deleted."""

    async def effect() -> Answer:
        campaign = await service.create(
            unit,
            name=body.name,
            active=body.active,
            daily_cap=body.daily_cap_per_recipient,
            quiet=quiet_of(body.quiet_hours),
            steps=steps_of(body.steps),
        )
        return Answer(201, CampaignView.of(campaign))

    return await idempotent(request, unit, caller, effect)


@router.patch("/{campaign_id}", response_model=CampaignView, responses=problems(NotFound404), dependencies=[RequireOn])
async def change_campaign(
    request: Request, campaign_id: UUID, body: CampaignChange, caller: Admin, unit: TenantUnitDep
) -> Response:
    """Change what the body names; recoveries that are under way follow the new times."""

    async def effect() -> Answer:
        campaign = await service.for_change(unit, campaign_id)
        changed = await service.change(unit, replace(campaign, **_changes(body)))
        return Answer(200, CampaignView.of(changed))

    return await idempotent(request, unit, caller, effect)


@router.delete("/{campaign_id}", status_code=204, responses=problems(NotFound404), dependencies=[RequireOn])
async def delete_campaign(request: Request, campaign_id: UUID, caller: Admin, unit: TenantUnitDep) -> Response:
    """End the campaign: no more mails go out until the company makes another."""

    async def effect() -> Response:
        await service.delete(unit, campaign_id)
        return Response(status_code=204)

    return await idempotent(request, unit, caller, effect)


def _changes(body: CampaignChange) -> dict[str, Any]:
    """Only the fields that the body names, as the domain has them."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    if "quiet_hours" in changes:
        changes["quiet"] = quiet_of(changes.pop("quiet_hours"))
    if "steps" in changes:
        changes["steps"] = steps_of(changes["steps"])
    return changes
