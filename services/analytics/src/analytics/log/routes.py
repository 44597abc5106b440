"""The events of a cart for staff, and the size of the log for callers that wait until it has caught up."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import Cursor, CursorText, Limit
from servicekit.routes.callers import Admin, ServiceCaller
from servicekit.routes.transactions import TenantUnitDep

from analytics.dependencies import Enabled
from analytics.errors import CartNotFound404
from analytics.log import service
from analytics.log.schemas import EventPage, LogSize

router = APIRouter(tags=["log"])

CartId = Annotated[UUID, Query(alias="cartId", description="The cart whose events are listed.")]


@router.get("/api/admin/ecommerce-analytics/events", response_model=EventPage, responses=problems(CartNotFound404))
async def list_events(
    *,
    staff: Admin,
    enabled: Enabled,
    unit: TenantUnitDep,
    cart_id: CartId,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """Every event of a cart, in the order in which they happened."""
    after = Cursor.decode(cursor, datetime.fromisoformat, UUID)
    page = await service.list_events(unit, cart_id, after, limit) if enabled else []
    return Json(EventPage.of(page, limit, enabled=enabled))


@router.get("/internal/log", response_model=LogSize)
async def get_size(caller: ServiceCaller, unit: TenantUnitDep) -> Response:
    """How many events of the company are in the log, and so in every figure."""
    return Json(LogSize(events=await service.size(unit)))
