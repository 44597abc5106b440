"""A company's carts for its staff: /api/admin/carts."""

from typing import Annotated
from uuid import UUID

from contracts.cart import CartStatus
from contracts.money import CurrencyCode
from fastapi import APIRouter, Query
from servicekit.errors import ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.http.paging import CursorText, Limit, Page, after_id, paginate
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.schemas import CartView, VisitorId
from cart.carts.use_cases.open_cart import require_site
from cart.parts import PartsDep
from cart.staff import repository, service
from cart.staff.dependencies import Staff
from cart.staff.domain import Filters, ListedCart, TimelineEntry
from cart.staff.schemas import ActivityView, CartSummary, StatsView

router = APIRouter(prefix="/api/admin/carts", tags=["carts for staff"])

SiteFilter = Annotated[UUID | None, Query(alias="siteId")]


@router.get("", response_model=Page[CartSummary])
async def list_carts(
    staff: Staff,
    unit: TenantUnitDep,
    status: CartStatus | None = None,
    site_id: SiteFilter = None,
    customer_id: Annotated[str | None, Query(alias="customerId", max_length=320)] = None,
    visitor_id: Annotated[VisitorId | None, Query(alias="visitorId")] = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Response:
    """The company's carts, the newest first."""
    filters = Filters(status, site_id, customer_id, visitor_id)
    found = await repository.page(unit, filters, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, _summary, lambda cart: (cart.id,)))


@router.get("/stats", response_model=StatsView, responses=problems(errors.SiteNotFound))
async def get_stats(
    staff: Staff, unit: TenantUnitDep, site_id: SiteFilter = None, currency: CurrencyCode | None = None
) -> Response:
    """How many carts are in each state, and what the open ones come to; in one currency, the site's by default."""
    counted = currency or (await require_site(unit, site_id)).site.currency
    return Json(StatsView.of(await repository.counts(unit, site_id, counted), counted))


@router.get("/{cart_id}", response_model=CartView, responses=problems(errors.CartNotFound, ServiceUnavailable503))
async def get_cart(
    cart_id: UUID, staff: Staff, unit: TenantUnitDep, parts: PartsDep, explain: bool = False
) -> Response:
    """One cart as its shopper sees it, or as it was ordered, also from the archive; looking at it is no activity."""
    answer = await service.read_cart(unit, parts.reader, parts.archive_reader, cart_id, unit.now, explained=explain)
    return answer.response()


@router.get(
    "/{cart_id}/activity",
    response_model=Page[ActivityView],
    responses=problems(errors.CartNotFound, ServiceUnavailable503),
)
async def get_activity(
    cart_id: UUID, staff: Staff, unit: TenantUnitDep, parts: PartsDep, limit: Limit = 50, cursor: CursorText = None
) -> Response:
    """What happened to the cart, the newest first, also from the archive."""
    found = await service.timeline(unit, parts.archive_reader, cart_id, after_id(cursor), limit + 1)
    return Json(paginate(found, limit, _entry, lambda entry: (entry.id,)))


def _summary(cart: ListedCart) -> CartSummary:
    return CartSummary.model_validate(cart, from_attributes=True)


def _entry(entry: TimelineEntry) -> ActivityView:
    return ActivityView.model_validate(entry, from_attributes=True)
