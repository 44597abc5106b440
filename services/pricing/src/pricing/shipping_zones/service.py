"""What an admin does with shipping zones; each change publishes the company's rules anew in the same transaction."""

from dataclasses import replace
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from pricing.rule_sets.service import publish, publish_change
from pricing.shipping_zones import repository
from pricing.shipping_zones.domain import ShippingZone, ZoneChanges


async def list_zones(unit: TenantUnit, after: UUID | None, limit: int) -> list[ShippingZone]:
    """At most `limit` of the company's shipping zones made before `after`, the newest first."""
    return await repository.page(unit, after, limit)


async def get_zone(unit: TenantUnit, zone_id: UUID) -> ShippingZone:
    """One of the company's shipping zones; raises ShippingZoneNotFound404."""
    return await repository.get(unit, zone_id)


async def create_zone(unit: TenantUnit, fields: ZoneChanges) -> ShippingZone:
    """Make a zone."""
    zone = ShippingZone(id=new_id(), **fields)
    await repository.insert(unit, zone)
    await publish(unit)
    return zone


async def change_zone(unit: TenantUnit, zone_id: UUID, changes: ZoneChanges) -> ShippingZone:
    """Replace the fields given; raises ShippingZoneNotFound404 and TooManyRules409."""
    zone = replace(await repository.get(unit, zone_id), **changes)
    await repository.update(unit, zone)
    await publish_change(unit)
    return zone


async def delete_zone(unit: TenantUnit, zone_id: UUID) -> None:
    """Delete a zone; raises ShippingZoneNotFound404, and ShippingZoneInUse409 while rules name it."""
    await repository.delete(unit, zone_id)
    await publish(unit)
