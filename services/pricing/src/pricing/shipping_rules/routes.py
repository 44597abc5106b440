"""/api/admin/shipping-rules."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep

from pricing.dependencies import AdminWrite
from pricing.errors import ShippingRuleNotFound404, ShippingZoneNotFound404, TooManyRules409
from pricing.pages import after_of, page_of
from pricing.shipping_rules import service
from pricing.shipping_rules.schemas import NewShippingRule, ShippingRuleChange, ShippingRuleView

router = APIRouter(prefix="/api/admin/shipping-rules", tags=["shipping rules"])


@router.get("", response_model=Page[ShippingRuleView])
async def list_rules(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's shipping rules, the newest first."""
    found = await service.list_rules(unit, after_of(cursor), limit)
    return Json(page_of(found, ShippingRuleView.of))


@router.post(
    "",
    status_code=201,
    response_model=ShippingRuleView,
    responses=problems(ShippingZoneNotFound404, TooManyRules409),
)
async def create_rule(body: NewShippingRule, write: AdminWrite) -> Response:
    """Make a shipping rule."""
    return await write.once(lambda: service.create_rule(write.unit, body.fields()), ShippingRuleView.of, status=201)


@router.get("/{rule_id}", response_model=ShippingRuleView, responses=problems(ShippingRuleNotFound404))
async def get_rule(_: Admin, rule_id: UUID, unit: TenantUnitDep) -> Response:
    """One shipping rule."""
    return Json(ShippingRuleView.of(await service.get_rule(unit, rule_id)))


@router.patch(
    "/{rule_id}",
    response_model=ShippingRuleView,
    responses=problems(ShippingRuleNotFound404, ShippingZoneNotFound404, TooManyRules409),
)
async def change_rule(rule_id: UUID, body: ShippingRuleChange, write: AdminWrite) -> Response:
    """Change what is sent of a shipping rule and keep the rest."""
    return await write.once(lambda: service.change_rule(write.unit, rule_id, body.changes()), ShippingRuleView.of)


@router.delete("/{rule_id}", status_code=204, responses=problems(ShippingRuleNotFound404))
async def delete_rule(rule_id: UUID, write: AdminWrite) -> Response:
    """Delete a shipping rule."""
    return await write.silently(lambda: service.delete_rule(write.unit, rule_id))
