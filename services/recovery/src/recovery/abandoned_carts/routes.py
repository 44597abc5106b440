"""The staff's routes of abandoned carts: the list, send now, dismiss."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BeforeValidator
from servicekit.errors import NotFound404, problems
from servicekit.http.answers import Json
from servicekit.http.paging import Cursor, CursorText, Limit, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from recovery.abandoned_carts import service
from recovery.abandoned_carts.repository import Filters
from recovery.abandoned_carts.schemas import AbandonedPage, AbandonedView, StatusFilter
from recovery.dependencies import IsOn, RequireOn
from recovery.errors import NotSendable409

router = APIRouter(prefix="/api/admin/carts/abandoned", tags=["abandoned carts"])
RECOVERY = AuditSubject("recovery", "recovery_id", by_path("recovery_id", service.get), AbandonedView.of)


def _written_out(value: object) -> object:
    """A number is no time here, though the parser would read it as seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a time such as 2026-01-31T08:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


async def _filters(
    status: Annotated[StatusFilter | None, Query(description="OPEN, FINISHED or STOPPED.")] = None,
    site_id: Annotated[UUID | None, Query(alias="siteId")] = None,
    mailable: Annotated[bool | None, Query(description="Whether there is somebody to write to.")] = None,
    min_total: Annotated[int | None, Query(alias="minTotal", ge=0, le=2**53, description="Minor units.")] = None,
    abandoned_from: Annotated[Moment | None, Query(alias="from")] = None,
    abandoned_to: Annotated[Moment | None, Query(alias="to", description="Not included.")] = None,
) -> Filters:
    return Filters(status, site_id, mailable, min_total, abandoned_from, abandoned_to)


@router.get("", response_model=AbandonedPage)
async def list_abandoned(
    caller: Admin,
    is_on: IsOn,
    unit: TenantUnitDep,
    filters: Annotated[Filters, Depends(_filters)],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Json:
    """List abandoned carts with their mails, the latest first."""
    after = Cursor.decode(cursor, datetime.fromisoformat, UUID)
    if not is_on:
        return Json(AbandonedPage(items=[], enabled=False))
    found = await service.page(unit, filters, after, limit + 1)
    page = paginate(found, limit, AbandonedView.of, lambda entry: (entry.recovery.abandoned_at, entry.recovery.id))
    return Json(AbandonedPage(items=page.items, next_cursor=page.next_cursor))


@router.post(
    "/{recovery_id}/send",
    status_code=202,
    response_model=AbandonedView,
    responses=problems(NotFound404, NotSendable409),
    dependencies=[STAFF_CHANGES, RequireOn, RECOVERY.audited("sent_now")],
)
async def send_now(recovery_id: UUID, caller: Admin, once: OnceDep) -> Response:
    """Let the next mail go now instead of when it is due; caps and all other checks still hold."""
    return await once.show(202, AbandonedView.of, service.send_now, once.unit, recovery_id)


@router.post(
    "/{recovery_id}/dismiss",
    response_model=AbandonedView,
    responses=problems(NotFound404),
    dependencies=[STAFF_CHANGES, RequireOn, RECOVERY.audited("dismissed")],
)
async def dismiss(recovery_id: UUID, caller: Admin, once: OnceDep) -> Response:
    """Send nothing more about this abandonment."""
    return await once.show(200, AbandonedView.of, service.dismiss, once.unit, recovery_id)
