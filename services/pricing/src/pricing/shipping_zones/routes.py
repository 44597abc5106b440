"""/api/admin/shipping-zones."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep

from pricing.dependencies import AdminWrite
from pricing.errors import ShippingZoneInUse409, ShippingZoneNotFound404, TooManyRules409
from pricing.pages import after_of, page_of
from pricing.shipping_zones import service
from pricing.shipping_zones.schemas import NewZone, ZoneChange, ZoneView

router = APIRouter(prefix="/api/admin/shipping-zones", tags=["shipping zones"])


@router.get("", response_model=Page[ZoneView])
async def list_zones(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's shipping zones, the newest first."""
    found = await service.list_zones(unit, after_of(cursor), limit)
    return Json(page_of(found, ZoneView.of))


@router.post("", status_code=201, response_model=ZoneView)
async def create_zone(body: NewZone, write: AdminWrite) -> Response:
    """Make a shipping zone."""
    return await write.once(lambda: service.create_zone(write.unit, body.fields()), ZoneView.of, status=201)


@router.get("/{zone_id}", response_model=ZoneView, responses=problems(ShippingZoneNotFound404))
async def get_zone(_: Admin, zone_id: UUID, unit: TenantUnitDep) -> Response:
    """One shipping zone."""
    return Json(ZoneView.of(await service.get_zone(unit, zone_id)))


@router.patch("/{zone_id}", response_model=ZoneView, responses=problems(ShippingZoneNotFound404, TooManyRules409))
async def change_zone(zone_id: UUID, body: ZoneChange, write: AdminWrite) -> Response:
    """Change what is sent of a zone and keep the rest; its shipping rules follow it."""
    return await write.once(lambda: service.change_zone(write.unit, zone_id, body.changes()), ZoneView.of)


@router.delete("/{zone_id}", status_code=204, responses=problems(ShippingZoneNotFound404, ShippingZoneInUse409))
async def delete_zone(zone_id: UUID, write: AdminWrite) -> Response:
    """Delete a zone that no shipping rule uses."""
    return await write.silently(lambda: service.delete_zone(write.unit, zone_id))
