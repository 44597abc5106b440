"""A cart as a stream of events: the customer's or a guest's, for each of their open tabs and devices."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from servicekit.auth.caller import Caller
from servicekit.errors import FeatureDisabled403, ServiceUnavailable503, problems
from servicekit.http.event_stream import MEDIA_TYPE, EventStream
from servicekit.http.openapi_notes import Header, documents
from servicekit.languages.sentences import CURRENT, ENGLISH
from servicekit.routes.callers import Guest, Shopper
from starlette.requests import Request
from starlette.responses import Response

from cart import errors
from cart.carts.routes.limits import OPEN_STREAM
from cart.carts.routes.requests import SiteId
from cart.parts import Parts, PartsDep
from cart.streams.domain import Audience
from cart.streams.view import RETRY_MS

router = APIRouter(tags=["live cart"])

_LAST_EVENT_ID: Final = "last-event-id"
_LAST_SEEN: Final = Header(
    "Last-Event-ID",
    "The id of the newest event that the client has; the cart is sent at once unless it is still like that.",
    {"type": "string", "maxLength": 64},
)
_EVENTS: Final = (
    "Server-sent events. `cart`: the whole cart, as `GET` answers it, or null while a customer has none; sent first,"
    " and whenever something of it has changed. `end`: `{reason, reconnect}`, the last one; `reconnect` says whether"
    " the stream is to be opened again. A comment every 15 s."
)
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": _EVENTS, "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
    **problems(errors.CartNotFound, FeatureDisabled403, ServiceUnavailable503),
}


@documents(headers=[_LAST_SEEN])
async def last_seen(request: Request) -> str:
    """The id of the newest event that the client has, or nothing; a longer one is none of ours."""
    sent = request.headers.get(_LAST_EVENT_ID, "")
    return sent if len(sent) <= 64 else ""


LastSeen = Annotated[str, Depends(last_seen)]


@router.get(
    "/api/cart/stream",
    status_code=200,
    response_class=EventStream,
    responses={**_RESPONSES, **problems(errors.CartNotFound, errors.SiteNotFound)},
    dependencies=[OPEN_STREAM],
)
async def stream_cart(shopper: Shopper, seen: LastSeen, parts: PartsDep, site_id: SiteId = None) -> Response:
    """The shopper's cart, and every change of it while the stream is open."""
    return await _opened(parts, shopper, seen, site_id=site_id or shopper.site_id)


@router.get(
    "/api/public/cart/{cart_id}/stream",
    status_code=200,
    response_class=EventStream,
    responses=_RESPONSES,
    dependencies=[OPEN_STREAM],
)
async def stream_guest_cart(cart_id: UUID, guest: Guest, seen: LastSeen, parts: PartsDep) -> Response:
    """A guest's cart, and every change of it while the stream is open."""
    return await _opened(parts, guest, seen, cart_id=cart_id)


async def _opened(
    parts: Parts, caller: Caller, seen: str, *, cart_id: UUID | None = None, site_id: UUID | None = None
) -> Response:
    translator = CURRENT.get()
    customer_id = caller.subject if caller.kind == "customer" else None
    language = translator.language if translator else ENGLISH
    audience = Audience(caller.company_id, caller.session_hash, customer_id, cart_id, site_id, language)
    following = await parts.follower.follow(audience, translator, seen, caller.expires_at)
    return EventStream(following.outlet, lambda reason: parts.follower.leave(following, reason), retry_ms=RETRY_MS)
