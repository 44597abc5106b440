"""/api/admin/promotions."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep

from pricing.dependencies import AdminWrite
from pricing.errors import CodeTaken409, Incoherent422, PromotionNotFound404, TooManyRules409
from pricing.pages import after_of, page_of
from pricing.promotions import service
from pricing.promotions.schemas import NewPromotion, PromotionChange, PromotionView

router = APIRouter(prefix="/api/admin/promotions", tags=["promotions"])


@router.get("", response_model=Page[PromotionView])
async def list_promotions(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's promotions, the newest first."""
    found = await service.list_promotions(unit, after_of(cursor), limit)
    return Json(page_of(found, PromotionView.of))


@router.post(
    "", status_code=201, response_model=PromotionView, responses=problems(Incoherent422, CodeTaken409, TooManyRules409)
)
async def create_promotion(body: NewPromotion, write: AdminWrite) -> Response:
    """Make a promotion; carts price with it as soon as the new rule set reaches them."""
    return await write.once(lambda: service.create_promotion(write.unit, body.fields()), PromotionView.of, status=201)


@router.get("/{promotion_id}", response_model=PromotionView, responses=problems(PromotionNotFound404))
async def get_promotion(_: Admin, promotion_id: UUID, unit: TenantUnitDep) -> Response:
    """One promotion."""
    return Json(PromotionView.of(await service.get_promotion(unit, promotion_id)))


@router.patch(
    "/{promotion_id}",
    response_model=PromotionView,
    responses=problems(PromotionNotFound404, Incoherent422, CodeTaken409, TooManyRules409),
)
async def change_promotion(promotion_id: UUID, body: PromotionChange, write: AdminWrite) -> Response:
    """Change what is sent of a promotion and keep the rest."""
    return await write.once(
        lambda: service.change_promotion(write.unit, promotion_id, body.changes()), PromotionView.of
    )


@router.delete("/{promotion_id}", status_code=204, responses=problems(PromotionNotFound404))
async def delete_promotion(promotion_id: UUID, write: AdminWrite) -> Response:
    """Take a promotion out of use; its usages are kept, its code is free again."""
    return await write.silently(lambda: service.delete_promotion(write.unit, promotion_id))
