"""/internal/rule-set: asked by a cart whose replica is empty."""

from typing import Annotated
from uuid import UUID

from contracts.ruleset import RuleSet
from fastapi import APIRouter, Query, Response
from servicekit.auth import ServiceCaller
from servicekit.edge import TenantUnit
from servicekit.http import Json

from pricing.rule_sets import service

router = APIRouter(prefix="/internal/rule-set", tags=["internal"])

SiteId = Annotated[UUID | None, Query(alias="siteId", description="A site; without it, the company.")]


@router.get("", response_model=RuleSet)
async def get_rule_set(_: ServiceCaller, unit: TenantUnit, site_id: SiteId = None) -> Response:
    """The newest rules for a site: its own, else the company's; a company that has none gets its first, empty ones."""
    return Json(await service.current_rule_set(unit, site_id))
