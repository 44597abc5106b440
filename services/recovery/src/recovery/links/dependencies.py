"""What the routes of links depend on: a verified token, its company's transaction, and pages for refusals.

A token is verified before anything else; only invalid ones are counted (api.md, "Limits").
"""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Path
from fastapi.routing import APIRoute
from servicekit.auth.client_address import client_address
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, RateLimited429, ServiceError, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from servicekit.routes.rate_limits import counts
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from recovery.errors import RecoveryTokenExpired410, RecoveryTokenInvalid400
from recovery.links import view
from recovery.links.domain.tokens import LinkPayload, Purpose
from recovery.parts import parts_of

INVALID_TOKENS = Limit("invalid_recovery_token", "10/hour", fallback="closed")

Token = Annotated[str, Path(description="The signed token of a mail's link.")]


class PageRoute(APIRoute):
    """Answers a refusal with a page, with the status of its problem document, instead of that document.

    Always on a route that has pages only; on a route that is documented to have both, when the client accepts HTML.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route with this around it."""
        handle = super().get_route_handler()
        has_only_pages = self.response_class is HTMLResponse
        has_pages = any("text/html" in documented.get("content", {}) for documented in self.responses.values())

        async def handle_with_pages(request: Request) -> Response:
            try:
                return await handle(request)
            except ServiceError as refusal:
                if has_only_pages or (has_pages and view.is_wanted(request)):
                    return view.refusal_page(request, refusal)
                raise

        return handle_with_pages


async def _verified(request: Request, token: str, purpose: Purpose) -> LinkPayload:
    """The payload of the token in the path.

    Raises RecoveryTokenInvalid400, RecoveryTokenExpired410, and for an address that has sent too many invalid ones
    RateLimited429. A valid token costs no look at the limits, so links in mails work while Redis is away.
    """
    kit = kit_of(request)
    try:
        return parts_of(request).links.verify(token, purpose, kit.clock.now())
    except RecoveryTokenInvalid400:
        address = client_address(request.scope, request.headers, kit.settings.trusted_proxies)
        await kit.limiter.hit(INVALID_TOKENS, f"address:{address}")
        raise


@counts(INVALID_TOKENS)
@documents(RecoveryTokenInvalid400, RecoveryTokenExpired410, RateLimited429, ServiceUnavailable503)
async def _restore_link(request: Request, token: Token) -> LinkPayload:
    return await _verified(request, token, Purpose.RESTORE)


@counts(INVALID_TOKENS)
@documents(RecoveryTokenInvalid400, RecoveryTokenExpired410, RateLimited429, ServiceUnavailable503)
async def _unsubscribe_link(request: Request, token: Token) -> LinkPayload:
    return await _verified(request, token, Purpose.UNSUBSCRIBE)


RestoreLink = Annotated[LinkPayload, Depends(_restore_link)]
"""The payload of a token that restores."""
UnsubscribeLink = Annotated[LinkPayload, Depends(_unsubscribe_link)]
"""The payload of a token that unsubscribes."""


@documents(Conflict409, ServiceUnavailable503)
async def _restore_unit(request: Request, link: RestoreLink) -> AsyncGenerator[TenantUnit]:
    async with kit_of(request).database.unit(link.company_id) as unit:
        yield unit


@documents(Conflict409, ServiceUnavailable503)
async def _unsubscribe_unit(request: Request, link: UnsubscribeLink) -> AsyncGenerator[TenantUnit]:
    async with kit_of(request).database.unit(link.company_id) as unit:
        yield unit


RestoreUnit = Annotated[TenantUnit, Depends(_restore_unit, scope="function")]
"""A transaction of the company that the token names; commits before the answer leaves."""
UnsubscribeUnit = Annotated[TenantUnit, Depends(_unsubscribe_unit, scope="function")]
"""A transaction of the company that the token names; commits before the answer leaves."""
