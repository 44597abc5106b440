"""Companies (/api/admin/companies, for the platform) and sites (/api/admin/sites, for a company's staff)."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.messaging.audit_log import changes_between
from servicekit.routes.audits import AuditDep, AuditSubject, by_path
from servicekit.routes.callers import Platform
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import SystemUnitDep, TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.parts import Parts, PartsDep
from cart.sites import repository, service
from cart.sites.domain import Company, Site
from cart.sites.schemas import ChangeSite, CompanyView, CreateCompany, CreateSite, SiteView
from cart.sites.service import SiteDefaults
from cart.staff.dependencies import Staff

router = APIRouter(prefix="/api/admin", tags=["companies and sites"])
COMPANY = AuditSubject("company")


def _site(site: Site) -> SiteView:
    return SiteView.model_validate(site, from_attributes=True)


SITE = AuditSubject("site", "site_id", by_path("site_id", service.get_site), _site)


@router.post(
    "/companies", status_code=201, response_model=CompanyView, dependencies=[STAFF_CHANGES, COMPANY.audited("put")]
)
async def put_company(body: CreateCompany, platform: Platform, unit: SystemUnitDep, audit: AuditDep) -> Response:
    """Make a company; the id of one that exists renames it."""
    before, company = await service.put_company(unit, body)
    if changes := changes_between({"name": before.name} if before else {}, {"name": company.name}):
        await audit.record(unit, str(company.id), changes, company.id)
    else:
        audit.needs_none()
    return Json(_company(company), 201)


@router.get("/companies", response_model=Page[CompanyView])
async def list_companies(
    platform: Platform, unit: SystemUnitDep, limit: Limit = 50, cursor: CursorText = None
) -> Response:
    """Every company of the platform."""
    found = await repository.companies(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, _company, lambda company: (company.id,)))


@router.post(
    "/sites",
    status_code=201,
    response_model=SiteView,
    responses=problems(errors.SiteNotFound),
    dependencies=[STAFF_CHANGES, SITE.audited("created")],
)
async def create_site(body: CreateSite, staff: Staff, once: OnceDep, parts: PartsDep) -> Response:
    """Make a site; the id of one that exists answers it as it is."""
    return await once.make(201, _site, service.create_site, once.unit, body, _defaults(parts))


@router.get("/sites", response_model=Page[SiteView])
async def list_sites(staff: Staff, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's sites; the first is the one that requests without a site mean."""
    found = await repository.page(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, _site, lambda site: (site.id,)))


@router.get("/sites/{site_id}", response_model=SiteView, responses=problems(errors.SiteNotFound))
async def get_site(site_id: UUID, staff: Staff, unit: TenantUnitDep) -> Response:
    """One site with all its settings."""
    return Json(_site(await service.get_site(unit, site_id)))


@router.patch(
    "/sites/{site_id}",
    response_model=SiteView,
    responses=problems(errors.SiteNotFound),
    dependencies=[STAFF_CHANGES, SITE.audited("changed")],
)
async def change_site(site_id: UUID, body: ChangeSite, staff: Staff, once: OnceDep) -> Response:
    """Change settings of a site."""
    return await once.show(200, _site, service.change_site, once.unit, site_id, body)


def _defaults(parts: Parts) -> SiteDefaults:
    return SiteDefaults(parts.settings.cart_abandonment_threshold_minutes * 60, parts.settings.company_portal_url)


def _company(company: Company) -> CompanyView:
    return CompanyView.model_validate(company, from_attributes=True)
