"""What an admin does with shipping rules; each change publishes the company's rules anew in the same transaction."""

from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from pricing.rule_sets.service import publish, publish_change
from pricing.shipping_rules import domain, repository
from pricing.shipping_rules.domain import ShippingRuleChanges, ShippingWay
from pricing.shipping_zones import repository as zones
from pricing.shipping_zones.domain import ShippingZone


async def list_rules(unit: TenantUnit, after: UUID | None, limit: int) -> list[ShippingWay]:
    """At most `limit` of the company's shipping rules made before `after`, the newest first."""
    return await repository.page(unit, after, limit)


async def get_rule(unit: TenantUnit, rule_id: UUID) -> ShippingWay:
    """One of the company's shipping rules; raises ShippingRuleNotFound404."""
    return await repository.get(unit, rule_id)


async def create_rule(unit: TenantUnit, fields: ShippingRuleChanges) -> ShippingWay:
    """Make a shipping rule; raises ShippingZoneNotFound404 and TooManyRules409."""
    way = domain.way(new_id(), fields, await _zone(unit, fields.get("zone_id")))
    await repository.insert(unit, way)
    await publish_change(unit)
    return way


async def change_rule(unit: TenantUnit, rule_id: UUID, changes: ShippingRuleChanges) -> ShippingWay:
    """Replace the fields given; raises ShippingRuleNotFound404, ShippingZoneNotFound404 and TooManyRules409."""
    current = await repository.get(unit, rule_id)
    zone = await _zone(unit, changes["zone_id"]) if "zone_id" in changes else current.zone
    way = domain.changed(current, changes, zone)
    await repository.update(unit, way)
    await publish_change(unit)
    return way


async def delete_rule(unit: TenantUnit, rule_id: UUID) -> None:
    """Delete a shipping rule; raises ShippingRuleNotFound404."""
    await repository.delete(unit, rule_id)
    await publish(unit)


async def _zone(unit: TenantUnit, zone_id: UUID | None) -> ShippingZone | None:
    return None if zone_id is None else await zones.get(unit, zone_id)
