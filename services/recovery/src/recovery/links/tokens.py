"""The token in a route's path: verified before anything else; only invalid ones are counted (api.md, "Limits")."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends
from servicekit.auth.client_address import client_address
from servicekit.db import Unit
from servicekit.errors import Conflict409, RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from starlette.requests import Request

from recovery.errors import RecoveryTokenExpired410, RecoveryTokenInvalid400
from recovery.links.domain import Claims, Purpose
from recovery.mail.mailroom import mailroom_of

INVALID_TOKENS = Limit("invalid_recovery_token", "10/hour", fallback="closed")


async def verified(request: Request, token: str, purpose: Purpose) -> Claims:
    """The claims of the token in the path.

    Raises RecoveryTokenInvalid400, RecoveryTokenExpired410, and for an address that has sent too many invalid ones
    RateLimited429. A valid token costs no look at the limits, so links in mails work while Redis is away.
    """
    kit = kit_of(request)
    try:
        return mailroom_of(kit).keys.verify(token, purpose, kit.clock.now())
    except RecoveryTokenInvalid400:
        address = client_address(request.scope, request.headers, kit.settings.trusted_proxies)
        await kit.limiter.hit(INVALID_TOKENS, f"address:{address}")
        raise


@documents(RecoveryTokenInvalid400, RecoveryTokenExpired410, RateLimited429, ServiceUnavailable503)
async def restore_claims(request: Request, token: str) -> Claims:
    """The claims of a token that restores."""
    return await verified(request, token, Purpose.RESTORE)


RestoreClaims = Annotated[Claims, Depends(restore_claims)]


@documents(Conflict409, ServiceUnavailable503)
async def restore_unit(request: Request, claims: RestoreClaims) -> AsyncGenerator[Unit]:
    """A transaction of the company that the token names; commits before the answer leaves."""
    async with kit_of(request).database.unit(claims.company_id) as unit:
        yield unit


RestoreUnit = Annotated[Unit, Depends(restore_unit, scope="function")]
