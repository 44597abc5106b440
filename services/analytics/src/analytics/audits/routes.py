"""/api/admin/audit: what the staff of a company did, in every service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BeforeValidator
from servicekit.auth.caller import Caller
from servicekit.http.answers import Json
from servicekit.http.free_text import FREE_TEXT
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.process.kit import kit_of
from servicekit.routes.callers import admin
from starlette.requests import Request

from analytics.audits import service
from analytics.audits.domain import Filters
from analytics.audits.schemas import EntryView

router = APIRouter(tags=["audit"])

Auditor = Annotated[Caller, Depends(admin("admin"))]
"""Admins of the company, and the platform's people; these without a company see what they did for none."""
_Text = Annotated[str | None, Query(max_length=320, pattern=FREE_TEXT)]


def _written_out(value: object) -> object:
    """A number is no time here, though the parser would read it as seconds since 1970."""
    if isinstance(value, str) and "T" not in value.upper():
        raise ValueError("must be a time such as 2026-01-31T08:00:00Z")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]


async def _filters(
    actor: _Text = None,
    action: _Text = None,
    subject_type: Annotated[_Text, Query(alias="subjectType")] = None,
    subject_id: Annotated[_Text, Query(alias="subjectId")] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Not included.")] = None,
) -> Filters:
    return Filters(actor, action, subject_type, subject_id, since, until)


@router.get("/api/admin/audit", response_model=Page[EntryView])
async def list_entries(
    request: Request,
    caller: Auditor,
    filters: Annotated[Filters, Depends(_filters)],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """What the company's staff did, the newest first; an action is here some seconds after it was answered."""
    before: UUID | None = after_id(cursor)
    async with kit_of(request).database.unit(caller.company_id) as unit:
        found = await service.page(unit, filters, before, limit + 1)
    return Json(paginate(found, limit, EntryView.of, lambda entry: (entry.id,)))
