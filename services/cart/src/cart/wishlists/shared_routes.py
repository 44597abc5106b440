"""Wishlists that somebody has shared: /api/wishlists/shared/{token}, for whoever has the link."""

from fastapi import APIRouter
from servicekit.errors import FeatureDisabled403, problems
from servicekit.http.answers import Json
from servicekit.routes.callers import GuestOrNone, Shopper
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.requests import SiteId
from cart.lists.dependencies import CHANGE_LIST, list_request
from cart.wishlists import service
from cart.wishlists.dependencies import SharedWishlist
from cart.wishlists.schemas import CopiedWishlistView, SharedWishlistView

router = APIRouter(prefix="/api/wishlists/shared/{token}", tags=["wishlist"])


@router.get("", response_model=SharedWishlistView)
async def read_shared(caller: GuestOrNone, unit: TenantUnitDep, shared: SharedWishlist) -> Response:
    """What somebody wishes for, with prices and stock of now; neither their notes nor who they are."""
    return Json(await service.read_shared(unit, shared))


@router.post(
    "/copy",
    response_model=CopiedWishlistView,
    responses=problems(errors.CartNotFound, errors.SiteNotFound, FeatureDisabled403),
    dependencies=[CHANGE_LIST],
)
async def copy_shared(shopper: Shopper, once: OnceDep, shared: SharedWishlist, site_id: SiteId = None) -> Response:
    """Put all of it on one's own wishlist, and say what could not be; what is there already stays as it is."""
    request = list_request(shopper, once.unit, site_id)
    return await once.run(service.copy_shared, once.unit, request, shared)
