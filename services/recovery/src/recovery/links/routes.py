"""Routes of links in mails: a GET validates or shows and never changes anything; a POST acts (rules.md 29, 30)."""

from urllib.parse import quote

from fastapi import APIRouter
from servicekit.errors import Conflict409, RateLimited429, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.process.kit import kit_of
from servicekit.routes.query_parameters import takes_any_query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from recovery import metrics
from recovery.errors import (
    CartConverted409,
    CartExpired410,
    CartMerged409,
    CartNotFound404,
    RecoveryTokenExpired410,
    RecoveryTokenInvalid400,
)
from recovery.links import view
from recovery.links.dependencies import (
    PageRoute,
    RestoreLink,
    RestoreUnit,
    Token,
    UnsubscribeLink,
    UnsubscribeUnit,
)
from recovery.links.schemas import LinkView, RestoredView, UnsubscribedView
from recovery.links.use_cases.count_click import count_click
from recovery.links.use_cases.open_link import open_link
from recovery.links.use_cases.restore_cart import restore_cart
from recovery.links.use_cases.unsubscribe import unsubscribe_recipient
from recovery.parts import parts_of

_BROKEN = (RecoveryTokenInvalid400, RecoveryTokenExpired410, RateLimited429, Conflict409, ServiceUnavailable503)
_FINAL = (CartNotFound404, CartConverted409, CartMerged409, CartExpired410)

router = APIRouter(tags=["recovery links"], route_class=PageRoute)


@router.get("/r/{token}", status_code=302, response_class=RedirectResponse)
@takes_any_query
async def follow(token: Token) -> RedirectResponse:
    """The link in the mail: leads to the page, short enough for any mail client; any text is passed on unjudged."""
    return RedirectResponse(f"/api/recovery/open/{quote(token, safe='')}", status_code=302)


@router.get(
    "/api/recovery/open/{token}",
    response_class=HTMLResponse,
    responses=view.documented(*_BROKEN, success="The page that shows the cart."),
)
@takes_any_query
async def show(request: Request, token: Token, link: RestoreLink, unit: RestoreUnit) -> HTMLResponse:
    """Show the cart behind a link, in the shopper's language."""
    return view.open_page(request, await open_link(unit, link), token)


@router.get("/api/cart/recovery/{token}", response_model=LinkView, responses=problems(*_BROKEN))
async def validate(link: RestoreLink, unit: RestoreUnit) -> Json:
    """Say whether a link works, until when, and what it would bring back."""
    opened = await open_link(unit, link)
    return Json(LinkView.of(link, opened.recovery))


@router.post("/api/cart/recovery/{token}/click", status_code=204, responses=problems(*_BROKEN))
async def click(link: RestoreLink, unit: RestoreUnit) -> Response:
    """Count that a person opened the page; once per mail, however often it is sent."""
    if await count_click(unit, link):
        metrics.clicks.inc()
    return Response(status_code=204)


@router.post(
    "/api/cart/recovery/{token}/restore",
    response_model=RestoredView,
    responses={**view.documented(*_BROKEN, *_FINAL), 200: {"description": "The cart is back.", "content": view.HTML}},
)
async def restore(request: Request, link: RestoreLink) -> Response:
    """Bring the cart back, re-priced, and say what has changed; again has the same effect (rules.md 29)."""
    kit = kit_of(request)
    opened, restored = await restore_cart(kit.database, parts_of(request).carts, link)
    if view.is_wanted(request):
        return view.restored_page(request, opened, restored)
    return Json(RestoredView.of(restored))


@router.get(
    "/api/recovery/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=view.documented(*_BROKEN, success="The page that asks."),
)
@takes_any_query
async def ask_to_unsubscribe(
    request: Request, token: Token, link: UnsubscribeLink, unit: UnsubscribeUnit
) -> HTMLResponse:
    """Ask before unsubscribing, because scanners follow links."""
    return view.unsubscribe_page(request, await open_link(unit, link), token)


@router.post(
    "/api/recovery/unsubscribe/{token}",
    response_model=UnsubscribedView,
    responses={**view.documented(*_BROKEN), 200: {"description": "Unsubscribed.", "content": view.HTML}},
)
@takes_any_query
async def unsubscribe(request: Request, link: UnsubscribeLink, unit: UnsubscribeUnit) -> Response:
    """Unsubscribe at once (RFC 8058 §3.2): no cookie, sign-in or particular body is needed; again changes nothing."""
    opened = await open_link(unit, link)
    await unsubscribe_recipient(unit, link)
    if view.is_wanted(request):
        return view.unsubscribed_page(request, opened)
    return Json(UnsubscribedView(unsubscribed=True))
