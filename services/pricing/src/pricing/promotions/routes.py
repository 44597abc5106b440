"""/api/admin/promotions."""

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

from pricing.errors import CodeTaken409, Incoherent422, PromotionNotFound404, TooManyRules409
from pricing.promotions import service
from pricing.promotions.schemas import NewPromotion, PromotionChange, PromotionView

router = APIRouter(prefix="/api/admin/promotions", tags=["promotions"])
PROMOTION = AuditSubject("promotion", "promotion_id", by_path("promotion_id", service.get_promotion), PromotionView.of)


@router.get("", response_model=Page[PromotionView])
async def list_promotions(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's promotions, the newest first."""
    found = await service.list_promotions(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, PromotionView.of, lambda promotion: (promotion.id,)))


@router.post(
    "",
    status_code=201,
    response_model=PromotionView,
    responses=problems(Incoherent422, CodeTaken409, TooManyRules409),
    dependencies=[STAFF_CHANGES, PROMOTION.audited("created")],
)
async def create_promotion(body: NewPromotion, _: Admin, once: OnceDep) -> Response:
    """Make a promotion; carts price with it as soon as the new rule set reaches them."""
    return await once.show(201, PromotionView.of, service.create_promotion, once.unit, body.fields())


@router.get("/{promotion_id}", response_model=PromotionView, responses=problems(PromotionNotFound404))
async def get_promotion(_: Admin, promotion_id: UUID, unit: TenantUnitDep) -> Response:
    """One promotion."""
    return Json(PromotionView.of(await service.get_promotion(unit, promotion_id)))


@router.patch(
    "/{promotion_id}",
    response_model=PromotionView,
    responses=problems(PromotionNotFound404, Incoherent422, CodeTaken409, TooManyRules409),
    dependencies=[STAFF_CHANGES, PROMOTION.audited("changed")],
)
async def change_promotion(promotion_id: UUID, body: PromotionChange, _: Admin, once: OnceDep) -> Response:
    """Change what is sent of a promotion and keep the rest."""
    return await once.show(200, PromotionView.of, service.change_promotion, once.unit, promotion_id, body.changes())


@router.delete(
    "/{promotion_id}",
    status_code=204,
    responses=problems(PromotionNotFound404),
    dependencies=[STAFF_CHANGES, PROMOTION.audited("deleted")],
)
async def delete_promotion(promotion_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Take a promotion out of use; its usages are kept, its code is free again."""
    return await once.silently(service.delete_promotion, once.unit, promotion_id)
