"""The staff's routes for warehouses."""

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.audits import AuditSubject
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from inventory.errors import KeyTaken
from inventory.warehouses import service
from inventory.warehouses.schemas import NewWarehouse, WarehouseView

router = APIRouter(prefix="/api/admin/warehouses", tags=["warehouses"])
WAREHOUSE = AuditSubject("warehouse")


@router.get("", response_model=Page[WarehouseView])
async def list_warehouses(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's warehouses, the oldest first. The default one is made when stock is first kept."""
    found = await service.list_warehouses(unit, after=after_id(cursor), limit=limit + 1)
    return Json(paginate(found, limit, WarehouseView.of, lambda warehouse: (warehouse.id,)))


@router.post(
    "",
    status_code=201,
    response_model=WarehouseView,
    responses=problems(KeyTaken),
    dependencies=[STAFF_CHANGES, WAREHOUSE.audited("created")],
)
async def add_warehouse(body: NewWarehouse, _: Admin, once: OnceDep) -> Response:
    """Add a warehouse beside the default one; stock comes to it by adjusting."""
    return await once.show(
        201, WarehouseView.of, service.add_warehouse, once.unit, code=body.code, name=body.name, priority=body.priority
    )
