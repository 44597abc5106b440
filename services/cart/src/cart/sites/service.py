"""The use cases of companies and sites; every change of a site is published to who keeps a replica of it."""

from dataclasses import dataclass, fields, replace
from uuid import UUID

from contracts.cart import SiteChanged
from contracts.envelope import RecordedEvent
from servicekit.db import SystemUnit, TenantUnit, Unit
from servicekit.errors import Conflict409
from servicekit.ids import new_id
from servicekit.messaging import outbox

from cart import errors
from cart.sites import repository
from cart.sites.domain import Company, Site, SiteSettings
from cart.sites.schemas import ChangeSite, CreateCompany, CreateSite


@dataclass(frozen=True, slots=True)
class SiteDefaults:
    """What a site has that its company did not set, where the platform's settings say it."""

    abandonment_seconds: int
    portal_url: str


async def put_company(unit: Unit, body: CreateCompany) -> tuple[Company | None, Company]:
    """Make a company, or rename the one with this id; returns it as it was, if it was there, and as it is."""
    company_id = body.id or new_id()
    before = await repository.find_company(unit, company_id)
    return before, await repository.put_company(unit, company_id, body.name, unit.now)


async def create_site(unit: TenantUnit, body: CreateSite, defaults: SiteDefaults) -> tuple[Site, bool]:
    """Make a site of the company, and return it with True; the id of one that exists returns that one, and False.

    Raises SiteNotFound without a company, Conflict409 for an id of another company's site.
    """
    company = await repository.company(unit)
    if company is None:
        raise errors.SiteNotFound("This company does not exist yet; a platform token creates it.")
    site_id = body.id or new_id()
    site = await repository.insert(unit, site_id, unit.now, _settings(body, defaults))
    if site is None:
        return await _existing(unit, site_id), False
    await outbox.add(unit, site.changed(company.name))
    return site, True


async def change_site(unit: TenantUnit, site_id: UUID, body: ChangeSite) -> Site:
    """Change some settings; carts obey them from their next change on."""
    current = await repository.get(unit, site_id, lock=True)
    company = await repository.company(unit)
    if current is None or company is None:
        raise errors.SiteNotFound()
    kept = SiteSettings(**{field.name: getattr(current, field.name) for field in fields(SiteSettings)})
    site = await repository.update(unit, site_id, unit.now, replace(kept, **body.model_dump(exclude_none=True)))
    if site is None:
        raise errors.SiteNotFound()
    await outbox.add(unit, site.changed(company.name))
    return site


async def get_site(unit: TenantUnit, site_id: UUID) -> Site:
    """One site; raises SiteNotFound."""
    site = await repository.get(unit, site_id)
    if site is None:
        raise errors.SiteNotFound()
    return site


async def company_ids(unit: SystemUnit, after: UUID | None, limit: int) -> list[UUID]:
    """Companies in the order of their ids, after one of them: for `republish`."""
    return [company.id for company in await repository.companies(unit, after, limit)]


async def current_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[SiteChanged]]:
    """SiteChanged for the sites as they are now, one by one after `after`: for `republish`."""
    company = await repository.company(unit)
    if company is None:
        return []
    return [site.changed(company.name) for site in await repository.page(unit, after, limit)]


def _settings(body: CreateSite, defaults: SiteDefaults) -> SiteSettings:
    return SiteSettings(
        **body.model_dump(exclude={"id", "abandonment_seconds", "portal_url"}),
        abandonment_seconds=body.abandonment_seconds or defaults.abandonment_seconds,
        portal_url=body.portal_url or defaults.portal_url,
    )


async def _existing(unit: TenantUnit, site_id: UUID) -> Site:
    site = await repository.get(unit, site_id)
    if site is None:
        raise Conflict409("This id is taken.")
    return site
