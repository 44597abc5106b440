"""Every statement on `tax_rates`."""

from uuid import UUID

import asyncpg
from contracts.ruleset import TaxRate
from servicekit.db import TenantUnit

from pricing.errors import TaxRateNotFound404

_FIELDS = "name, type, country, state, postal_prefix, category, rate_ppm, compound, shipping_taxable, priority"


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[TaxRate]:
    """At most `limit` rates made before `after`, the newest first."""
    records = await unit.fetch(
        f"""SELECT id, {_FIELDS} FROM tax_rates
             WHERE company_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3""",
        unit.company_id,
        after,
        limit,
    )
    return [_rate(record) for record in records]


async def get(unit: TenantUnit, rate_id: UUID) -> TaxRate:
    """One rate, locked against other writers until the transaction ends; raises TaxRateNotFound404."""
    return _rate(
        _found(
            await unit.fetchrow(
                f"SELECT id, {_FIELDS} FROM tax_rates WHERE company_id = $1 AND id = $2 FOR NO KEY UPDATE",
                unit.company_id,
                rate_id,
            )
        )
    )


async def of_country(unit: TenantUnit, country: str) -> list[TaxRate]:
    """Every rate of a country, in the order in which they are charged."""
    records = await unit.fetch(
        f"SELECT id, {_FIELDS} FROM tax_rates WHERE company_id = $1 AND country = $2 ORDER BY priority, id",
        unit.company_id,
        country,
    )
    return [_rate(record) for record in records]


async def country_wide(unit: TenantUnit) -> list[TaxRate]:
    """Every rate that holds in a whole country, in the order in which they are charged."""
    records = await unit.fetch(
        f"""SELECT id, {_FIELDS} FROM tax_rates
             WHERE company_id = $1 AND state IS NULL AND postal_prefix IS NULL ORDER BY country, priority, id""",
        unit.company_id,
    )
    return [_rate(record) for record in records]


async def insert(unit: TenantUnit, rate: TaxRate) -> None:
    """Store a new rate."""
    await unit.execute(
        f"""INSERT INTO tax_rates (company_id, id, created_at, updated_at, {_FIELDS})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        unit.company_id,
        rate.id,
        unit.now,
        *_values(rate),
    )


async def update(unit: TenantUnit, rate: TaxRate) -> None:
    """Replace a rate that `get` has locked."""
    await unit.execute(
        f"""UPDATE tax_rates SET updated_at = $3, ({_FIELDS}) = ROW ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             WHERE company_id = $1 AND id = $2""",
        unit.company_id,
        rate.id,
        unit.now,
        *_values(rate),
    )


async def delete(unit: TenantUnit, rate_id: UUID) -> None:
    """Delete a rate; raises TaxRateNotFound404."""
    _found(
        await unit.fetchrow(
            "DELETE FROM tax_rates WHERE company_id = $1 AND id = $2 RETURNING id", unit.company_id, rate_id
        )
    )


def _values(rate: TaxRate) -> tuple[object, ...]:
    return (
        rate.name,
        rate.type,
        rate.country,
        rate.state,
        rate.postal_prefix,
        rate.category,
        rate.rate_ppm,
        rate.compound,
        rate.shipping_taxable,
        rate.priority,
    )


def _found(record: asyncpg.Record | None) -> asyncpg.Record:
    if record is None:
        raise TaxRateNotFound404
    return record


def _rate(record: asyncpg.Record) -> TaxRate:
    return TaxRate.model_validate(dict(record))
