"""The staff's routes for warehouses."""

from uuid import UUID

from fastapi import APIRouter, Request
from servicekit.errors import problems
from servicekit.http.answers import Answer, Json
from servicekit.http.paging import Cursor, CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import idempotent
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.errors import KeyTaken
from inventory.warehouses import service
from inventory.warehouses.schemas import NewWarehouse, WarehouseView

router = APIRouter(prefix="/api/admin/warehouses", tags=["warehouses"])


@router.get("", response_model=Page[WarehouseView])
async def list_warehouses(caller: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's warehouses, the oldest first. The default one is made when stock is first kept."""
    after = Cursor.decode(cursor, UUID)
    rows = await service.list_warehouses(unit, after=after[0] if after else None, limit=limit + 1)
    items = [WarehouseView.of(row) for row in rows[:limit]]
    return Json(Page(items=items, next_cursor=Cursor.encode(items[-1].id) if len(rows) > limit else None))


@router.post("", status_code=201, response_model=WarehouseView, responses=problems(KeyTaken))
async def add_warehouse(body: NewWarehouse, request: Request, caller: Admin, unit: TenantUnitDep) -> Response:
    """Add a warehouse beside the default one; stock comes to it by adjusting."""

    async def effect() -> Answer:
        row = await service.add_warehouse(unit, code=body.code, name=body.name, priority=body.priority)
        return Answer(201, WarehouseView.of(row))

    return await idempotent(request, unit, caller, effect)
