"""The staff's routes of suppressions."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import NotFound404, ValidationFailed422, problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, after_id, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.requests import Request
from starlette.responses import Response

from recovery.contacts.domain.contact import MalformedAddress
from recovery.dependencies import IsOn
from recovery.parts import parts_of
from recovery.suppressions import service
from recovery.suppressions.schemas import NewSuppression, SuppressionPage, SuppressionView

router = APIRouter(prefix="/api/admin/recovery/suppressions", tags=["recovery suppressions"])
SUPPRESSION = AuditSubject("suppression", "suppression_id", by_path("suppression_id", service.get), SuppressionView.of)


@router.get("", response_model=SuppressionPage)
async def list_suppressions(
    caller: Admin, is_on: IsOn, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None
) -> Json:
    """List who gets no recovery mail, newest first; addresses are not kept and so not shown."""
    after = after_id(cursor)
    if not is_on:
        return Json(SuppressionPage(items=[], enabled=False))
    page = paginate(
        await service.page(unit, after, limit + 1), limit, SuppressionView.of, lambda suppression: (suppression.id,)
    )
    return Json(SuppressionPage(items=page.items, next_cursor=page.next_cursor))


@router.post(
    "", status_code=201, response_model=SuppressionView, dependencies=[STAFF_CHANGES, SUPPRESSION.audited("created")]
)
async def suppress(request: Request, body: NewSuppression, caller: Admin, once: OnceDep) -> Response:
    """Stop all recovery mail to an address, even while recovery is off; again answers what is there."""
    try:
        recipient = parts_of(request).vault.recipient(body.email, caller.company_id)
    except MalformedAddress as malformed:
        raise ValidationFailed422.of("email", str(malformed)) from None
    return await once.make(201, SuppressionView.of, service.suppress, once.unit, recipient, "staff")


@router.delete(
    "/{suppression_id}",
    status_code=204,
    responses=problems(NotFound404),
    dependencies=[STAFF_CHANGES, SUPPRESSION.audited("deleted")],
)
async def lift(suppression_id: UUID, caller: Admin, once: OnceDep) -> Response:
    """Allow mail to this recipient again, about carts abandoned from now on."""
    return await once.silently(service.lift, once.unit, suppression_id)
