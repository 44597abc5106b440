"""/api/admin/shipping-rules."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep

from pricing.errors import ShippingRuleNotFound404, ShippingZoneNotFound404, TooManyRules409
from pricing.shipping_rules import service
from pricing.shipping_rules.schemas import NewShippingRule, ShippingRuleChange, ShippingRuleView

router = APIRouter(prefix="/api/admin/shipping-rules", tags=["shipping rules"])
RULE = AuditSubject("shipping_rule", "rule_id", by_path("rule_id", service.get_rule), ShippingRuleView.of)


@router.get("", response_model=Page[ShippingRuleView])
async def list_rules(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's shipping rules, the newest first."""
    found = await service.list_rules(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, ShippingRuleView.of, lambda way: (way.rule.id,)))


@router.post(
    "",
    status_code=201,
    response_model=ShippingRuleView,
    responses=problems(ShippingZoneNotFound404, TooManyRules409),
    dependencies=[STAFF_CHANGES, RULE.audited("created")],
)
async def create_rule(body: NewShippingRule, _: Admin, once: OnceDep) -> Response:
    """Make a shipping rule."""
    return await once.show(201, ShippingRuleView.of, service.create_rule, once.unit, body.fields())


@router.get("/{rule_id}", response_model=ShippingRuleView, responses=problems(ShippingRuleNotFound404))
async def get_rule(_: Admin, rule_id: UUID, unit: TenantUnitDep) -> Response:
    """One shipping rule."""
    return Json(ShippingRuleView.of(await service.get_rule(unit, rule_id)))


@router.patch(
    "/{rule_id}",
    response_model=ShippingRuleView,
    responses=problems(ShippingRuleNotFound404, ShippingZoneNotFound404, TooManyRules409),
    dependencies=[STAFF_CHANGES, RULE.audited("changed")],
)
async def change_rule(rule_id: UUID, body: ShippingRuleChange, _: Admin, once: OnceDep) -> Response:
    """Change what is sent of a shipping rule and keep the rest."""
    return await once.show(200, ShippingRuleView.of, service.change_rule, once.unit, rule_id, body.changes())


@router.delete(
    "/{rule_id}",
    status_code=204,
    responses=problems(ShippingRuleNotFound404),
    dependencies=[STAFF_CHANGES, RULE.audited("deleted")],
)
async def delete_rule(rule_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Delete a shipping rule."""
    return await once.silently(service.delete_rule, once.unit, rule_id)
