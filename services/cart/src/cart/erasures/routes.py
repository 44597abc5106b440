"""Erasing a customer, for a company's admins: /api/admin/customers/{customerId}."""

from typing import Annotated

from fastapi import APIRouter, Path
from servicekit.errors import NotFound404, problems
from servicekit.http.answers import Json
from servicekit.http.free_text import FREE_TEXT
from servicekit.process.kit import kit_of
from servicekit.routes.audits import AuditSubject
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from servicekit.routes.transactions import TenantUnitDep
from starlette.requests import Request
from starlette.responses import Response

from cart.erasures import service
from cart.erasures.schemas import ErasureView
from cart.parts import CartKit
from cart.staff.dependencies import Staff

router = APIRouter(prefix="/api/admin/customers/{customer_id}", tags=["customers"])

CustomerId = Annotated[str, Path(min_length=1, max_length=320, pattern=FREE_TEXT)]
ERASURE = AuditSubject("erasure")
"""Recorded by the id of the erasure: nothing that outlives it may name the customer."""


@router.delete(
    "", status_code=202, response_model=ErasureView, dependencies=[STAFF_CHANGES, ERASURE.audited("requested")]
)
async def erase_customer(request: Request, customer_id: CustomerId, staff: Staff, once: OnceDep) -> Response:
    """Erase a customer in every service; again while that is under way answers how far it is."""
    return await once.make(202, ErasureView.of, service.request_erasure, once.unit, customer_id, _keys(request))


@router.get("/erasure", response_model=ErasureView, responses=problems(NotFound404))
async def get_erasure(request: Request, customer_id: CustomerId, staff: Staff, unit: TenantUnitDep) -> Response:
    """How far the erasure of a customer is, service by service."""
    return Json(ErasureView.of(await service.read_erasure(unit, customer_id, _keys(request))))


def _keys(request: Request) -> service.ErasureKeys:
    kit: CartKit = kit_of(request)
    return kit.parts.erasure_keys
