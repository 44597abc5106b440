"""/api/admin/shipping-zones."""

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

from pricing.errors import ShippingZoneInUse409, ShippingZoneNotFound404, TooManyRules409
from pricing.shipping_zones import service
from pricing.shipping_zones.schemas import NewZone, ZoneChange, ZoneView

router = APIRouter(prefix="/api/admin/shipping-zones", tags=["shipping zones"])
ZONE = AuditSubject("shipping_zone", "zone_id", by_path("zone_id", service.get_zone), ZoneView.of)


@router.get("", response_model=Page[ZoneView])
async def list_zones(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's shipping zones, the newest first."""
    found = await service.list_zones(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, ZoneView.of, lambda zone: (zone.id,)))


@router.post("", status_code=201, response_model=ZoneView, dependencies=[STAFF_CHANGES, ZONE.audited("created")])
async def create_zone(body: NewZone, _: Admin, once: OnceDep) -> Response:
    """Make a shipping zone."""
    return await once.show(201, ZoneView.of, service.create_zone, once.unit, body.fields())


@router.get("/{zone_id}", response_model=ZoneView, responses=problems(ShippingZoneNotFound404))
async def get_zone(_: Admin, zone_id: UUID, unit: TenantUnitDep) -> Response:
    """One shipping zone."""
    return Json(ZoneView.of(await service.get_zone(unit, zone_id)))


@router.patch(
    "/{zone_id}",
    response_model=ZoneView,
    responses=problems(ShippingZoneNotFound404, TooManyRules409),
    dependencies=[STAFF_CHANGES, ZONE.audited("changed")],
)
async def change_zone(zone_id: UUID, body: ZoneChange, _: Admin, once: OnceDep) -> Response:
    """Change what is sent of a zone and keep the rest; its shipping rules follow it."""
    return await once.show(200, ZoneView.of, service.change_zone, once.unit, zone_id, body.changes())


@router.delete(
    "/{zone_id}",
    status_code=204,
    responses=problems(ShippingZoneNotFound404, ShippingZoneInUse409),
    dependencies=[STAFF_CHANGES, ZONE.audited("deleted")],
)
async def delete_zone(zone_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Delete a zone that no shipping rule uses."""
    return await once.silently(service.delete_zone, once.unit, zone_id)
