"""A customer shares a cart: /api/cart/share."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.routes.callers import Customer
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.transactions import TenantUnitDep
from starlette.responses import Response

from cart import errors
from cart.carts.routes.limits import SHARE
from cart.carts.routes.requests import SiteId, customer_selector, moment
from cart.sharing.schemas import NewShareLinkView, ShareCart, ShareLinksView, ShareLinkView
from cart.sharing.use_cases import share_cart as use_cases

router = APIRouter(prefix="/api/cart/share", tags=["customer cart"])

_FINAL = (errors.CartConvertedAlready, errors.CartMergedAlready, errors.CartExpiredAlready)


@router.post(
    "",
    status_code=201,
    response_model=NewShareLinkView,
    responses=problems(errors.CartNotFound, *_FINAL),
    dependencies=[SHARE],
)
async def share_cart(body: ShareCart, customer: Customer, once: OnceDep, site_id: SiteId = None) -> Response:
    """Make a link that shows the cart to whoever has it; its token is answered this once."""
    lasting = timedelta(hours=body.expires_in_hours)
    return await once.show(
        201,
        NewShareLinkView.made,
        use_cases.share_cart,
        once.unit,
        customer_selector(customer, site_id),
        lasting,
        moment(customer, once.unit),
    )


@router.get("", response_model=ShareLinksView, responses=problems(errors.CartNotFound))
async def list_links(customer: Customer, unit: TenantUnitDep, site_id: SiteId = None) -> Response:
    """The links to the cart that work, without their tokens; also those of before the sign-in."""
    found = await use_cases.list_links(unit, customer_selector(customer, site_id), unit.now)
    return Json(ShareLinksView(items=[ShareLinkView.of(link) for link in found]))


@router.delete(
    "/{link_id}",
    status_code=204,
    response_class=Response,
    responses=problems(errors.CartNotFound, errors.SharedCartNotFound),
    dependencies=[SHARE],
)
async def end_link(link_id: UUID, customer: Customer, once: OnceDep, site_id: SiteId = None) -> Response:
    """End a link: it shows nothing from now on."""
    return await once.silently(use_cases.end_link, once.unit, customer_selector(customer, site_id), link_id)
