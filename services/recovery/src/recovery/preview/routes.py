"""GET /api/admin/recovery/preview."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from servicekit.errors import NotFound404, problems
from servicekit.http.answers import Json
from servicekit.http.bodies import View
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep
from starlette.requests import Request

from recovery.campaigns.schemas import MAX_STEPS
from recovery.parts import parts_of
from recovery.preview import service

router = APIRouter(prefix="/api/admin/recovery/preview", tags=["recovery campaigns"])


class PreviewView(View):
    """A mail as it would be sent."""

    subject: str
    html: str
    text: str


@router.get("", response_model=PreviewView, responses=problems(NotFound404))
async def preview(
    request: Request,
    caller: Admin,
    unit: TenantUnitDep,
    step: Annotated[int, Query(ge=1, le=MAX_STEPS)] = 1,
    locale: Annotated[str | None, Query(max_length=35, description="A language tag; the site's when absent.")] = None,
    recovery_id: Annotated[UUID | None, Query(alias="recoveryId", description="A sample cart when absent.")] = None,
) -> Json:
    """Show a step's mail, as HTML and as text, without sending anything."""
    content = await service.preview(unit, parts_of(request).links, step=step, locale=locale, recovery_id=recovery_id)
    return Json(PreviewView(subject=content.subject, html=content.html, text=content.text))
