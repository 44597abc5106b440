"""A shared cart, for whoever has the link: /api/shared-carts/{token}."""

from fastapi import APIRouter
from servicekit.auth.caller import Caller
from servicekit.errors import problems
from servicekit.http.answers import Json
from servicekit.ids import new_id
from servicekit.routes.callers import Shopper
from servicekit.routes.idempotency import OnceDep
from starlette.responses import Response

from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.carts.persistence.selectors import Selector
from cart.carts.routes.limits import COPY
from cart.carts.routes.refusals import CHANGES
from cart.carts.routes.requests import customer_selector, guest_selector, moment
from cart.carts.use_cases.patience import when_no_hold_changes
from cart.parts import PartsDep
from cart.sharing.dependencies import SharedCartDep
from cart.sharing.domain.links import SharedCart
from cart.sharing.schemas import CopiedCartView, SharedCartView
from cart.sharing.view import shared_cart_view

router = APIRouter(prefix="/api/shared-carts", tags=["shared carts"])


@router.get("/{token}", response_model=SharedCartView)
async def get_shared_cart(shared: SharedCartDep) -> Response:
    """What is in a shared cart now, at the catalogue's prices: nothing of whose it is, or what they are charged."""
    return Json(shared_cart_view(shared))


@router.post(
    "/{token}/copy",
    response_model=CopiedCartView,
    responses={**CHANGES, **problems(errors.SharedCartNotFound, errors.CartNotFound)},
    dependencies=[COPY],
)
async def copy_shared_cart(shared: SharedCartDep, shopper: Shopper, once: OnceDep, parts: PartsDep) -> Response:
    """Copy a shared cart into one's own, at today's prices; what cannot be copied is named. A retry changes nothing."""
    selector = _own_cart(shopper, shared)
    context = ChangeContext(shopper.actor, moment(shopper, once.unit), new_id)
    return await when_no_hold_changes(
        once.unit, lambda: once.run(parts.copier.copy_cart, once.unit, selector, shared, context)
    )


def _own_cart(shopper: Caller, shared: SharedCart) -> Selector:
    """The shopper's cart: a customer's on the site of the shared one. Another company's link shows them nothing."""
    if shopper.company_id != shared.company_id:
        raise errors.SharedCartNotFound()
    return guest_selector(shopper) if shopper.kind == "guest" else customer_selector(shopper, shared.site_id)
