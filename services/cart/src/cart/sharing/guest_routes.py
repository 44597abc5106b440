"""A guest shares a cart: /api/public/cart/{id}/share."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import Guest
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.limits import SHARE_ONE
from cart.carts.routes.requests import guest_selector, moment
from cart.sharing.schemas import NewShareLinkView, ShareCart, ShareLinksView, ShareLinkView
from cart.sharing.use_cases import share_cart as use_cases

router = APIRouter(prefix="/api/public/cart/{cart_id}/share", tags=["guest cart"])

_FINAL = (errors.CartConvertedAlready, errors.CartMergedAlready, errors.CartExpiredAlready)


@router.post(
    "",
    status_code=201,
    response_model=NewShareLinkView,
    responses=problems(errors.CartNotFound, *_FINAL),
    dependencies=[SHARE_ONE],
)
async def share_cart(cart_id: UUID, body: ShareCart, guest: Guest, once: OnceDep) -> Response:
    """Make a link that shows the cart to whoever has it; its token is answered this once."""
    lasting = timedelta(hours=body.expires_in_hours)
    return await once.show(
        201,
        NewShareLinkView.made,
        use_cases.share_cart,
        once.unit,
        guest_selector(guest, cart_id),
        lasting,
        moment(guest, once.unit),
    )


@router.get("", response_model=ShareLinksView, responses=problems(errors.CartNotFound))
async def list_links(cart_id: UUID, guest: Guest, unit: TenantUnitDep) -> Response:
    """The links to the cart that work, without their tokens; also those of before the sign-in."""
    found = await use_cases.list_links(unit, guest_selector(guest, cart_id), unit.now)
    return Json(ShareLinksView(items=[ShareLinkView.of(link) for link in found]))


@router.delete(
    "/{link_id}",
    status_code=204,
    response_class=Response,
    responses=problems(errors.CartNotFound, errors.SharedCartNotFound),
    dependencies=[SHARE_ONE],
)
async def end_link(cart_id: UUID, link_id: UUID, guest: Guest, once: OnceDep) -> Response:
    """End a link: it shows nothing from now on."""
    return await once.silently(use_cases.end_link, once.unit, guest_selector(guest, cart_id), link_id)
