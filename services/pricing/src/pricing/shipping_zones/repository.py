"""Every statement on `shipping_zones`."""

from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from pricing.errors import ShippingZoneInUse409, ShippingZoneNotFound404
from pricing.shipping_zones.domain import ShippingZone

_FIELDS = "name, countries, states, postal_prefixes"


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[ShippingZone]:
    """At most `limit` zones made before `after`, the newest first."""
    records = await unit.fetch(
        f"""SELECT id, {_FIELDS} FROM shipping_zones
             WHERE company_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        unit.company_id,
        after,
        limit,
    )
    return [_zone(record) for record in records]


async def get(unit: TenantUnit, zone_id: UUID) -> ShippingZone:
    """One zone, kept from being deleted until the transaction ends; raises ShippingZoneNotFound404."""
    record = await unit.fetchrow(
        f"SELECT id, {_FIELDS} FROM shipping_zones WHERE company_id = $1 AND id = $2 FOR NO KEY UPDATE",
        unit.company_id,
        zone_id,
    )
    return _zone(_found(record))


async def insert(unit: TenantUnit, zone: ShippingZone) -> None:
    """Store a new zone."""
    await unit.execute(
        f"""INSERT INTO shipping_zones (company_id, id, created_at, updated_at, {_FIELDS})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7)""",
        unit.company_id,
        zone.id,
        unit.now,
        *_values(zone),
    )


async def update(unit: TenantUnit, zone: ShippingZone) -> None:
    """Replace a zone that `get` has locked."""
    await unit.execute(
        f"""UPDATE shipping_zones SET updated_at = $3, ({_FIELDS}) = ROW ($4, $5, $6, $7)
             WHERE company_id = $1 AND id = $2""",
        unit.company_id,
        zone.id,
        unit.now,
        *_values(zone),
    )


async def delete(unit: TenantUnit, zone_id: UUID) -> None:
    """Delete a zone; raises ShippingZoneNotFound404, and ShippingZoneInUse409 while rules name it."""
    try:
        record = await unit.fetchrow(
            "DELETE FROM shipping_zones WHERE company_id = $1 AND id = $2 RETURNING id", unit.company_id, zone_id
        )
    except asyncpg.ForeignKeyViolationError:
        raise ShippingZoneInUse409 from None
    _found(record)


def _values(zone: ShippingZone) -> tuple[object, ...]:
    return zone.name, zone.countries, zone.states, zone.postal_prefixes


def _found(record: asyncpg.Record | None) -> asyncpg.Record:
    if record is None:
        raise ShippingZoneNotFound404
    return record


def _zone(record: asyncpg.Record) -> ShippingZone:
    return ShippingZone(
        id=record["id"],
        name=record["name"],
        countries=tuple(record["countries"]),
        states=tuple(record["states"]),
        postal_prefixes=tuple(record["postal_prefixes"]),
    )
