"""Every SQL statement of companies and sites."""

from dataclasses import astuple, fields
from datetime import datetime
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit, Unit

from cart.sites.domain import Company, Site, SiteSettings

_SETTINGS = [field.name for field in fields(SiteSettings)]
_NUMBERED = ", ".join(f"${index}" for index in range(4, 4 + len(_SETTINGS)))
_ASSIGNED = ", ".join(f"{column} = ${index}" for index, column in enumerate(_SETTINGS, start=4))
_COMPANY = "company_id, name, created_at"
_SITE = ", ".join(f"s.{field.name}" for field in fields(Site))


async def put_company(unit: Unit, company_id: UUID, name: str, now: datetime) -> Company:
    """Make the company, or give it a new name."""
    row = await unit.fetchrow(
        "INSERT INTO companies (company_id, name, created_at) VALUES ($1, $2, $3)"
        f" ON CONFLICT (company_id) DO UPDATE SET name = excluded.name RETURNING {_COMPANY}",
        company_id,
        name,
        now,
    )
    if row is None:
        raise LookupError(company_id)
    return _company(row)


async def find_company(unit: Unit, company_id: UUID) -> Company | None:
    """A company as it is, kept from being renamed until the transaction ends; None when there is none."""
    row = await unit.fetchrow(f"SELECT {_COMPANY} FROM companies WHERE company_id = $1 FOR NO KEY UPDATE", company_id)
    return _company(row) if row else None


async def company(unit: TenantUnit) -> Company | None:
    """The tenant's company."""
    row = await unit.fetchrow(f"SELECT {_COMPANY} FROM companies WHERE company_id = $1", unit.company_id)
    return _company(row) if row else None


async def companies(unit: Unit, after: UUID | None, limit: int) -> list[Company]:
    """Companies in the order of their ids; a system unit sees all."""
    rows = await unit.fetch(
        f"SELECT {_COMPANY} FROM companies WHERE $1::uuid IS NULL OR company_id > $1 ORDER BY company_id LIMIT $2",
        after,
        limit,
    )
    return [_company(row) for row in rows]


async def insert(unit: TenantUnit, site_id: UUID, now: datetime, settings: SiteSettings) -> Site | None:
    """Make a site; None when the id is taken."""
    row = await unit.fetchrow(
        f"INSERT INTO sites AS s (id, company_id, created_at, updated_at, version, {', '.join(_SETTINGS)})"
        f" VALUES ($1, $2, $3, $3, 1, {_NUMBERED}) ON CONFLICT ON CONSTRAINT sites_pkey DO NOTHING RETURNING {_SITE}",
        site_id,
        unit.company_id,
        now,
        *astuple(settings),
    )
    return _site(row) if row else None


async def update(unit: TenantUnit, site_id: UUID, now: datetime, settings: SiteSettings) -> Site | None:
    """Write all settings of a site and raise its version."""
    row = await unit.fetchrow(
        f"UPDATE sites s SET updated_at = $3, version = version + 1, {_ASSIGNED}"
        f" WHERE id = $1 AND company_id = $2 RETURNING {_SITE}",
        site_id,
        unit.company_id,
        now,
        *astuple(settings),
    )
    return _site(row) if row else None


async def get(unit: TenantUnit, site_id: UUID, *, lock: bool = False) -> Site | None:
    """One site of the company."""
    row = await unit.fetchrow(
        f"SELECT {_SITE} FROM sites s WHERE company_id = $1 AND id = $2{' FOR UPDATE' if lock else ''}",
        unit.company_id,
        site_id,
    )
    return _site(row) if row else None


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[Site]:
    """The company's sites in the order of their ids, the first of which is the default one (rules.md 36)."""
    rows = await unit.fetch(
        f"SELECT {_SITE} FROM sites s WHERE company_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        unit.company_id,
        after,
        limit,
    )
    return [_site(row) for row in rows]


def _company(row: asyncpg.Record) -> Company:
    return Company(row["company_id"], row["name"], row["created_at"])


def _site(row: asyncpg.Record) -> Site:
    return Site(**{field.name: row[field.name] for field in fields(Site)})
