"""Every SQL statement of companies and sites."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit, Unit

SETTINGS = (
    "name",
    "type",
    "currency",
    "locale",
    "timezone",
    "portal_url",
    "merge_strategy",
    "max_quantity_per_line",
    "max_lines",
    "abandonment_seconds",
    "cart_expiration_days",
)
"""The columns that a site's settings are kept in."""

_NUMBERED = ", ".join(f"${index}" for index in range(4, 4 + len(SETTINGS)))
_ASSIGNED = ", ".join(f"{column} = ${index}" for index, column in enumerate(SETTINGS, start=4))


async def put_company(unit: Unit, company_id: UUID, name: str, now: datetime) -> asyncpg.Record:
    """Make the company, or give it a new name."""
    row = await unit.fetchrow(
        "INSERT INTO companies (company_id, name, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (company_id) DO UPDATE SET name = excluded.name RETURNING *",
        company_id,
        name,
        now,
    )
    if row is None:
        raise LookupError(company_id)
    return row


async def company(unit: TenantUnit) -> asyncpg.Record | None:
    """The tenant's company."""
    return await unit.fetchrow("SELECT * FROM companies WHERE company_id = $1", unit.company_id)


async def companies(unit: Unit, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """Companies in the order of their ids; a system unit sees all."""
    return await unit.fetch(
        "SELECT * FROM companies WHERE $1::uuid IS NULL OR company_id > $1 ORDER BY company_id LIMIT $2", after, limit
    )


async def insert(unit: TenantUnit, site_id: UUID, now: datetime, settings: dict[str, Any]) -> asyncpg.Record | None:
    """Make a site; None when the id is taken."""
    return await unit.fetchrow(
        f"INSERT INTO sites (id, company_id, created_at, updated_at, version, {', '.join(SETTINGS)})"
        f" VALUES ($1, $2, $3, $3, 1, {_NUMBERED}) ON CONFLICT (id) DO NOTHING RETURNING *",
        site_id,
        unit.company_id,
        now,
        *(settings[column] for column in SETTINGS),
    )


async def update(unit: TenantUnit, site_id: UUID, now: datetime, settings: dict[str, Any]) -> asyncpg.Record | None:
    """Write all settings of a site and raise its version."""
    return await unit.fetchrow(
        f"UPDATE sites SET updated_at = $3, version = version + 1, {_ASSIGNED}"
        " WHERE id = $1 AND company_id = $2 RETURNING *",
        site_id,
        unit.company_id,
        now,
        *(settings[column] for column in SETTINGS),
    )


async def get(unit: TenantUnit, site_id: UUID, *, lock: bool = False) -> asyncpg.Record | None:
    """One site of the company."""
    return await unit.fetchrow(
        f"SELECT * FROM sites WHERE company_id = $1 AND id = $2{' FOR UPDATE' if lock else ''}",
        unit.company_id,
        site_id,
    )


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The company's sites in the order of their ids, the first of which is the default one (rules.md 36)."""
    return await unit.fetch(
        "SELECT * FROM sites WHERE company_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        unit.company_id,
        after,
        limit,
    )


async def with_companies(unit: Unit, company_id: UUID | None) -> list[asyncpg.Record]:
    """Every site with its company's name, of one company or of all; `unit` is a system unit."""
    return await unit.fetch(
        "SELECT s.*, c.name AS company_name FROM sites s JOIN companies c USING (company_id)"
        " WHERE $1::uuid IS NULL OR s.company_id = $1 ORDER BY s.id",
        company_id,
    )
