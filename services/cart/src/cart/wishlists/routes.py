"""A shopper's wishlist: /api/wishlist, a guest's by their session, a customer's by their token, one for each site."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import FeatureDisabled403, problems
from servicekit.routes.callers import Shopper
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.requests import SiteId
from cart.lists.dependencies import CHANGE_LIST, SHARE_LIST, IfMatch, list_request
from cart.lists.schemas import NewLinkView, ShareList
from cart.lists.service import known_product
from cart.parts import PartsDep
from cart.wishlists import service
from cart.wishlists.schemas import AddWish, ChangeWish, WishlistView

router = APIRouter(prefix="/api/wishlist", tags=["wishlist"])

_READ = problems(errors.CartNotFound, errors.SiteNotFound)
_CHANGE = (errors.CartNotFound, errors.SiteNotFound, FeatureDisabled403)


@router.get("", response_model=WishlistView, responses=_READ)
async def get_wishlist(shopper: Shopper, unit: TenantUnitDep, site_id: SiteId = None) -> Response:
    """The shopper's wishes in their order, with prices and stock of now; an empty list for who has none."""
    return (await service.read_wishlist(unit, list_request(shopper, unit, site_id))).response()


@router.post(
    "/items",
    status_code=201,
    response_model=WishlistView,
    responses={200: {"model": WishlistView}, **problems(*_CHANGE, errors.ProductNotFound, errors.WishlistFull)},
    dependencies=[CHANGE_LIST],
)
async def add_wish(
    body: AddWish, shopper: Shopper, once: OnceDep, expected: IfMatch, parts: PartsDep, site_id: SiteId = None
) -> Response:
    """Wish for a product, or for one variant of it (201); what is on the list stays as it is (200)."""
    request = list_request(shopper, once.unit, site_id, expected)
    product = await known_product(once.unit, request, parts.catalogue, body.product_id)
    return await once.run(service.add_wish, once.unit, request, product, body.wish())


@router.patch(
    "/items/{item_id}",
    response_model=WishlistView,
    responses=problems(*_CHANGE, errors.WishNotFound),
    dependencies=[CHANGE_LIST],
)
async def change_wish(
    item_id: UUID, body: ChangeWish, shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None
) -> Response:
    """Change a wish's quantity, note or place in the order."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.change_wish, once.unit, request, item_id, body.patch())


@router.delete(
    "/items/{item_id}",
    response_model=WishlistView,
    responses=problems(*_CHANGE, errors.WishNotFound),
    dependencies=[CHANGE_LIST],
)
async def remove_wish(
    item_id: UUID, shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None
) -> Response:
    """Take a wish off."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.remove_wish, once.unit, request, item_id)


@router.post(
    "/share", status_code=201, response_model=NewLinkView, responses=problems(*_CHANGE), dependencies=[SHARE_LIST]
)
async def share(
    body: ShareList, shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None
) -> Response:
    """Make a link that opens the list for whoever has it, for 30 days or `days`; an earlier link ends."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.share, once.unit, request, body.days)


@router.delete("/share", response_model=WishlistView, responses=problems(*_CHANGE), dependencies=[CHANGE_LIST])
async def unshare(shopper: Shopper, once: OnceDep, expected: IfMatch, site_id: SiteId = None) -> Response:
    """Let no link open the list any more."""
    request = list_request(shopper, once.unit, site_id, expected)
    return await once.run(service.unshare, once.unit, request)
