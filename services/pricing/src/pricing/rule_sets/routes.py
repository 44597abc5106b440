"""/internal/rule-set: asked by a cart whose replica is empty."""

from contracts.ruleset import RuleSet
from fastapi import APIRouter, Response
from servicekit.http.answers import Json
from servicekit.routes.callers import ServiceCaller
from servicekit.routes.transactions import TenantUnitDep

from pricing.rule_sets import service

router = APIRouter(prefix="/internal/rule-set", tags=["internal"])


@router.get("", response_model=RuleSet)
async def get_rule_set(_: ServiceCaller, unit: TenantUnitDep) -> Response:
    """The company's newest rules; a company that has none gets its first, empty ones."""
    return Json(await service.current_rule_set(unit))
