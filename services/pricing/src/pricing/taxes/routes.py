"""/api/admin/tax-rates."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.audits import AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep

from pricing.errors import TaxRateNotFound404, TooManyRules409
from pricing.taxes import service
from pricing.taxes.schemas import NewTaxRate, TaxRateChange, TaxRateView

router = APIRouter(prefix="/api/admin/tax-rates", tags=["tax rates"])
TAX_RATE = AuditSubject("tax_rate", "rate_id", by_path("rate_id", service.get_tax_rate), TaxRateView.of)


@router.get("", response_model=Page[TaxRateView])
async def list_tax_rates(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's tax rates, the newest first."""
    found = await service.list_tax_rates(unit, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, TaxRateView.of, lambda rate: (rate.id,)))


@router.post(
    "",
    status_code=201,
    response_model=TaxRateView,
    responses=problems(TooManyRules409),
    dependencies=[STAFF_CHANGES, TAX_RATE.audited("created")],
)
async def create_tax_rate(body: NewTaxRate, _: Admin, once: OnceDep) -> Response:
    """Make a tax rate; all rates that hold at a place are charged together."""
    return await once.show(201, TaxRateView.of, service.create_tax_rate, once.unit, body.fields())


@router.get("/{rate_id}", response_model=TaxRateView, responses=problems(TaxRateNotFound404))
async def get_tax_rate(_: Admin, rate_id: UUID, unit: TenantUnitDep) -> Response:
    """One tax rate."""
    return Json(TaxRateView.of(await service.get_tax_rate(unit, rate_id)))


@router.patch(
    "/{rate_id}",
    response_model=TaxRateView,
    responses=problems(TaxRateNotFound404, TooManyRules409),
    dependencies=[STAFF_CHANGES, TAX_RATE.audited("changed")],
)
async def change_tax_rate(rate_id: UUID, body: TaxRateChange, _: Admin, once: OnceDep) -> Response:
    """Change what is sent of a tax rate and keep the rest."""
    return await once.show(200, TaxRateView.of, service.change_tax_rate, once.unit, rate_id, body.changes())


@router.delete(
    "/{rate_id}",
    status_code=204,
    responses=problems(TaxRateNotFound404),
    dependencies=[STAFF_CHANGES, TAX_RATE.audited("deleted")],
)
async def delete_tax_rate(rate_id: UUID, _: Admin, once: OnceDep) -> Response:
    """Delete a tax rate."""
    return await once.silently(service.delete_tax_rate, once.unit, rate_id)
