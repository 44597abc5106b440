"""Routes of links in mails: a GET validates or shows and never changes anything; a POST acts (rules.md 29, 30)."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from servicekit.errors import Conflict409, RateLimited429, ServiceError, ServiceUnavailable503, problems
from servicekit.http.answers import Json
from servicekit.process.kit import kit_of
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from recovery import metrics
from recovery.clients import carts_of
from recovery.errors import (
    CartConverted409,
    CartExpired410,
    CartFrozen409,
    CartMerged409,
    CartNotFound404,
    RecoveryTokenExpired410,
    RecoveryTokenInvalid400,
)
from recovery.links import pages, service
from recovery.links.domain import Purpose
from recovery.links.restoring import restore as restore_cart
from recovery.links.schemas import LinkView, RestoredView, UnsubscribedView
from recovery.links.tokens import RestoreClaims, RestoreUnit, verified

Token = Annotated[str, Path(description="The signed token of a mail's link.")]

_BROKEN = (RecoveryTokenInvalid400, RecoveryTokenExpired410, RateLimited429, Conflict409, ServiceUnavailable503)
_FINAL = (CartNotFound404, CartConverted409, CartMerged409, CartFrozen409, CartExpired410)

router = APIRouter(tags=["recovery links"])


@router.get("/r/{token}", status_code=302, response_class=RedirectResponse)
async def follow(token: Token) -> RedirectResponse:
    """The link in the mail: leads to the page, short enough for any mail client; any text is passed on unjudged."""
    return RedirectResponse(f"/api/recovery/open/{quote(token, safe='')}", status_code=302)


@router.get(
    "/api/recovery/open/{token}",
    response_class=HTMLResponse,
    responses=pages.documented(*_BROKEN, success="The page that shows the cart."),
)
async def show(request: Request, token: Token) -> HTMLResponse:
    """Show the cart behind a link, in the shopper's language."""
    try:
        claims = await verified(request, token, Purpose.RESTORE)
        async with kit_of(request).database.unit(claims.company_id) as unit:
            opened = await service.open_link(unit, claims)
    except ServiceError as refusal:
        return pages.refusal_page(request, refusal)
    return pages.open_page(request, opened, token)


@router.get("/api/cart/recovery/{token}", response_model=LinkView, responses=problems(*_BROKEN))
async def validate(claims: RestoreClaims, unit: RestoreUnit) -> Json:
    """Say whether a link works, until when, and what it would bring back."""
    opened = await service.open_link(unit, claims)
    return Json(LinkView.of(claims, opened.recovery))


@router.post("/api/cart/recovery/{token}/click", status_code=204, responses=problems(*_BROKEN))
async def click(claims: RestoreClaims, unit: RestoreUnit) -> Response:
    """Count that a person opened the page; once per mail, however often it is sent."""
    if await service.click(unit, claims):
        metrics.clicks.inc()
    return Response(status_code=204)


@router.post(
    "/api/cart/recovery/{token}/restore",
    response_model=RestoredView,
    responses={**pages.documented(*_BROKEN, *_FINAL), 200: {"description": "The cart is back.", "content": pages.HTML}},
)
async def restore(request: Request, token: Token) -> Response:
    """Bring the cart back, re-priced, and say what has changed; again has the same effect (rules.md 29)."""
    kit = kit_of(request)
    try:
        claims = await verified(request, token, Purpose.RESTORE)
        opened, restored = await restore_cart(kit.database, carts_of(kit), claims)
    except ServiceError as refusal:
        if pages.wanted(request):
            return pages.refusal_page(request, refusal)
        raise
    if pages.wanted(request):
        return pages.restored_page(request, opened, restored)
    return Json(RestoredView.of(restored))


@router.get(
    "/api/recovery/unsubscribe/{token}",
    response_class=HTMLResponse,
    responses=pages.documented(*_BROKEN, success="The page that asks."),
)
async def ask_to_unsubscribe(request: Request, token: Token) -> HTMLResponse:
    """Ask before unsubscribing, because scanners follow links."""
    try:
        claims = await verified(request, token, Purpose.UNSUBSCRIBE)
        async with kit_of(request).database.unit(claims.company_id) as unit:
            opened = await service.open_link(unit, claims)
    except ServiceError as refusal:
        return pages.refusal_page(request, refusal)
    return pages.unsubscribe_page(request, opened, token)


@router.post(
    "/api/recovery/unsubscribe/{token}",
    response_model=UnsubscribedView,
    responses={**pages.documented(*_BROKEN), 200: {"description": "Unsubscribed.", "content": pages.HTML}},
)
async def unsubscribe(request: Request, token: Token) -> Response:
    """Unsubscribe at once (RFC 8058 §3.2): no cookie, sign-in or particular body is needed; again changes nothing."""
    try:
        claims = await verified(request, token, Purpose.UNSUBSCRIBE)
        async with kit_of(request).database.unit(claims.company_id) as unit:
            opened = await service.open_link(unit, claims)
            await service.unsubscribe(unit, claims)
    except ServiceError as refusal:
        if pages.wanted(request):
            return pages.refusal_page(request, refusal)
        raise
    if pages.wanted(request):
        return pages.unsubscribed_page(request, opened)
    return Json(UnsubscribedView(unsubscribed=True))
