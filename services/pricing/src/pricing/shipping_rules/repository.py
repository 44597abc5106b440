"""Every statement on `shipping_rules`; a rule is always read together with its zone."""

from uuid import UUID

import asyncpg
from contracts.ruleset import ShippingRule
from servicekit.db import TenantUnit

from pricing.errors import ShippingRuleNotFound404
from pricing.shipping_rules.domain import ShippingWay
from pricing.shipping_zones.domain import ShippingZone

_SELECT = """
    SELECT rule.id, rule.name, rule.type, rule.amounts, rule.free_over, rule.estimated_days, rule.taxable, rule.active,
           zone.id AS zone_id, zone.name AS zone_name, zone.countries, zone.states, zone.postal_prefixes
      FROM shipping_rules AS rule
      LEFT JOIN shipping_zones AS zone ON zone.company_id = rule.company_id AND zone.id = rule.zone_id
     WHERE rule.company_id = $1"""
_FIELDS = "zone_id, name, type, amounts, free_over, estimated_days, taxable, active"


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[ShippingWay]:
    """At most `limit` rules made before `after`, the newest first."""
    records = await unit.fetch(
        f"{_SELECT} AND ($2::uuid IS NULL OR rule.id < $2) ORDER BY rule.id DESC LIMIT $3",
        unit.company_id,
        after,
        limit,
    )
    return [_way(record) for record in records]


async def get(unit: TenantUnit, rule_id: UUID) -> ShippingWay:
    """One rule, locked against other writers until the transaction ends; raises ShippingRuleNotFound404."""
    record = await unit.fetchrow(f"{_SELECT} AND rule.id = $2 FOR NO KEY UPDATE OF rule", unit.company_id, rule_id)
    return _way(_found(record))


async def active(unit: TenantUnit) -> list[ShippingWay]:
    """Every rule that is switched on, the oldest first."""
    return [_way(record) for record in await unit.fetch(f"{_SELECT} AND rule.active ORDER BY rule.id", unit.company_id)]


async def count(unit: TenantUnit) -> int:
    """How many rules are switched on, for any place."""
    found = await unit.fetchval("SELECT count(*) FROM shipping_rules WHERE company_id = $1 AND active", unit.company_id)
    return int(found)


async def country_wide(unit: TenantUnit) -> list[ShippingRule]:
    """Every rule that is switched on and for which the country alone decides whether it is offered."""
    records = await unit.fetch(
        f"""{_SELECT} AND rule.active AND coalesce(cardinality(zone.states), 0) = 0
            AND coalesce(cardinality(zone.postal_prefixes), 0) = 0 ORDER BY rule.id""",
        unit.company_id,
    )
    return [_way(record).rule for record in records]


async def insert(unit: TenantUnit, way: ShippingWay) -> None:
    """Store a new rule."""
    await unit.execute(
        f"""INSERT INTO shipping_rules (company_id, id, created_at, updated_at, {_FIELDS})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        unit.company_id,
        way.rule.id,
        unit.now,
        *_values(way),
    )


async def update(unit: TenantUnit, way: ShippingWay) -> None:
    """Replace a rule that `get` has locked."""
    await unit.execute(
        f"""UPDATE shipping_rules SET updated_at = $3, ({_FIELDS}) = ROW ($4, $5, $6, $7, $8, $9, $10, $11)
             WHERE company_id = $1 AND id = $2""",
        unit.company_id,
        way.rule.id,
        unit.now,
        *_values(way),
    )


async def delete(unit: TenantUnit, rule_id: UUID) -> None:
    """Delete a rule; raises ShippingRuleNotFound404."""
    _found(
        await unit.fetchrow(
            "DELETE FROM shipping_rules WHERE company_id = $1 AND id = $2 RETURNING id", unit.company_id, rule_id
        )
    )


def _values(way: ShippingWay) -> tuple[object, ...]:
    rule = way.rule
    return (
        way.zone.id if way.zone else None,
        rule.name,
        rule.type,
        rule.amounts,
        rule.free_over,
        rule.estimated_days,
        rule.taxable,
        way.active,
    )


def _found(record: asyncpg.Record | None) -> asyncpg.Record:
    if record is None:
        raise ShippingRuleNotFound404
    return record


def _way(record: asyncpg.Record) -> ShippingWay:
    zone = None if record["zone_id"] is None else _zone(record)
    rule = ShippingRule.model_validate({**dict(record), "countries": zone.countries if zone else ()})
    return ShippingWay(rule, zone, record["active"])


def _zone(record: asyncpg.Record) -> ShippingZone:
    return ShippingZone(
        id=record["zone_id"],
        name=record["zone_name"],
        countries=tuple(record["countries"]),
        states=tuple(record["states"]),
        postal_prefixes=tuple(record["postal_prefixes"]),
    )
