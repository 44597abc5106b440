"""The use cases of companies and sites; every change of a site is told to who keeps a replica of it."""

from typing import Any
from uuid import UUID

import asyncpg
from contracts.cart import SiteChanged
from contracts.envelope import RecordedEvent
from servicekit.db import TenantUnit, Unit
from servicekit.errors import Conflict409
from servicekit.ids import new_id
from servicekit.messaging import outbox

from cart import errors
from cart.sites import repository
from cart.sites.schemas import ChangeSite, CreateCompany, CreateSite


async def put_company(unit: Unit, body: CreateCompany) -> asyncpg.Record:
    """Make a company, or rename the one with this id."""
    return await repository.put_company(unit, body.id or new_id(), body.name, unit.now)


async def create_site(unit: TenantUnit, body: CreateSite, defaults: dict[str, Any]) -> asyncpg.Record:
    """Make a site of the company; the same id again answers it as it is. Raises SiteNotFound without a company."""
    company = await repository.company(unit)
    if company is None:
        raise errors.SiteNotFound("This company does not exist yet; a platform token creates it.")
    settings = {**body.model_dump(exclude={"id"})}
    settings |= {name: value for name, value in defaults.items() if settings[name] is None}
    site_id = body.id or new_id()
    row = await repository.insert(unit, site_id, unit.now, settings)
    if row is None:
        return await _existing(unit, site_id)
    await outbox.add(unit, changed(row, company["name"]))
    return row


async def change_site(unit: TenantUnit, site_id: UUID, body: ChangeSite) -> asyncpg.Record:
    """Change some settings; carts obey them from their next change on."""
    current = await repository.get(unit, site_id, lock=True)
    company = await repository.company(unit)
    if current is None or company is None:
        raise errors.SiteNotFound()
    given = body.model_dump(exclude_none=True)
    settings = {name: given.get(name, current[name]) for name in repository.SETTINGS}
    row = await repository.update(unit, site_id, unit.now, settings)
    if row is None:
        raise errors.SiteNotFound()
    await outbox.add(unit, changed(row, company["name"]))
    return row


async def get_site(unit: TenantUnit, site_id: UUID) -> asyncpg.Record:
    """One site; raises SiteNotFound."""
    row = await repository.get(unit, site_id)
    if row is None:
        raise errors.SiteNotFound()
    return row


def changed(row: asyncpg.Record, company_name: str) -> RecordedEvent[SiteChanged]:
    """The event that says how a site is now."""
    event = SiteChanged(
        name=row["name"],
        company_name=company_name,
        site_type=row["type"],
        currency=row["currency"],
        locale=row["locale"],
        timezone=row["timezone"],
        portal_url=row["portal_url"],
    )
    return RecordedEvent(event, row["company_id"], row["id"], row["version"], row["updated_at"])


async def _existing(unit: TenantUnit, site_id: UUID) -> asyncpg.Record:
    row = await repository.get(unit, site_id)
    if row is None:
        raise Conflict409("This id is taken.")
    return row
