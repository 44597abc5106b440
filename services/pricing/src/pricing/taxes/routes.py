"""/api/admin/tax-rates."""

from uuid import UUID

from fastapi import APIRouter, Response
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page
from servicekit.routes.callers import Admin
from servicekit.routes.transactions import TenantUnitDep

from pricing.dependencies import AdminWrite
from pricing.errors import TaxRateNotFound404, TooManyRules409
from pricing.pages import after_of, page_of
from pricing.taxes import service
from pricing.taxes.schemas import NewTaxRate, TaxRateChange, TaxRateView

router = APIRouter(prefix="/api/admin/tax-rates", tags=["tax rates"])


@router.get("", response_model=Page[TaxRateView])
async def list_tax_rates(_: Admin, unit: TenantUnitDep, limit: Limit = 50, cursor: CursorText = None) -> Response:
    """The company's tax rates, the newest first."""
    found = await service.list_tax_rates(unit, after_of(cursor), limit)
    return Json(page_of(found, TaxRateView.of))


@router.post("", status_code=201, response_model=TaxRateView, responses=problems(TooManyRules409))
async def create_tax_rate(body: NewTaxRate, write: AdminWrite) -> Response:
    """Make a tax rate; all rates that hold at a place are charged together."""
    return await write.once(lambda: service.create_tax_rate(write.unit, body.fields()), TaxRateView.of, status=201)


@router.get("/{rate_id}", response_model=TaxRateView, responses=problems(TaxRateNotFound404))
async def get_tax_rate(_: Admin, rate_id: UUID, unit: TenantUnitDep) -> Response:
    """One tax rate."""
    return Json(TaxRateView.of(await service.get_tax_rate(unit, rate_id)))


@router.patch("/{rate_id}", response_model=TaxRateView, responses=problems(TaxRateNotFound404, TooManyRules409))
async def change_tax_rate(rate_id: UUID, body: TaxRateChange, write: AdminWrite) -> Response:
    """Change what is sent of a tax rate and keep the rest."""
    return await write.once(lambda: service.change_tax_rate(write.unit, rate_id, body.changes()), TaxRateView.of)


@router.delete("/{rate_id}", status_code=204, responses=problems(TaxRateNotFound404))
async def delete_tax_rate(rate_id: UUID, write: AdminWrite) -> Response:
    """Delete a tax rate."""
    return await write.silently(lambda: service.delete_tax_rate(write.unit, rate_id))
