"""What a shopper compares: /api/comparison, and /api/comparisons/shared/{token} for who has its link."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import FeatureDisabled403, problems
from servicekit.http.answers import Json
from servicekit.routes.callers import GuestOrNone, Shopper
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.requests import SiteId
from cart.comparisons import service
from cart.comparisons.dependencies import SharedComparison
from cart.comparisons.schemas import CompareItem, ComparisonView, SharedComparisonView
from cart.lists.dependencies import CHANGE_LIST, SHARE_LIST, IfMatch, list_request
from cart.lists.schemas import NewLinkView, ShareList
from cart.lists.service import known_product
from cart.parts import PartsDep

router = APIRouter(prefix="/api/comparison", tags=["comparison"])
shared_router = APIRouter(prefix="/api/comparisons/shared/{token}", tags=["comparison"])

_READ = problems(errors.CartNotFound, errors.SiteNotFound)
_CHANGE = (errors.CartNotFound, errors.SiteNotFound, FeatureDisabled403)


@router.get("", response_model=ComparisonView, responses=_READ)
async def get_comparison(shopper: Shopper, unit: TenantUnitDep, site_id: SiteId = None) -> Response:
    """What the shopper compares, with the attributes side by side, and prices and stock of now."""
    return (await service.read_comparison(unit, list_request(shopper, unit, site_id))).response()


@router.post(
    "/items",
    status_code=201,
    response_model=ComparisonView,
    responses={200: {"model": ComparisonView}, **problems(*_CHANGE, errors.ProductNotFound, errors.ComparisonFull)},
    dependencies=[CHANGE_LIST],
)
async def compare_item(
    body: CompareItem, shopper: Shopper, once: OnceDep, expected: IfMatch, parts: PartsDep, site_id: SiteId = None
) -> Response:
    """Compare one more product, or one variant of it (201); what is compared already stays as it is (200)."""
    request = list_request(shopper, once.unit, site_id, expected)
    product = await known_product(once.unit, request, parts.catalogue, body.product_id)
    return await once.run(service.compare_item, once.unit, request, product, body.variant_id)


@router.delete(
    "/items/{item_id}",
    response_model=ComparisonView,
    responses=problems(*_CHANGE, errors.ComparedItemNotFound),
    dependencies=[CHANGE_LIST],
)
async def remove_item(
    item_id: UUID, shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None
) -> Response:
    """Compare one less."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.remove_item, once.unit, request, item_id)


@router.post(
    "/share", status_code=201, response_model=NewLinkView, responses=problems(*_CHANGE), dependencies=[SHARE_LIST]
)
async def share(
    body: ShareList, shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None
) -> Response:
    """Make a link that opens the comparison for whoever has it, for 30 days or `days`; an earlier link ends."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.share, once.unit, request, body.days)


@router.delete("/share", response_model=ComparisonView, responses=problems(*_CHANGE), dependencies=[CHANGE_LIST])
async def unshare(shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None) -> Response:
    """Let no link open the comparison any more."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.unshare, once.unit, request)


@shared_router.get("", response_model=SharedComparisonView)
async def read_shared(caller: GuestOrNone, unit: TenantUnitDep, shared: SharedComparison) -> Response:
    """What somebody compares, with prices and stock of now; not who they are."""
    return Json(await service.read_shared(unit, shared))
