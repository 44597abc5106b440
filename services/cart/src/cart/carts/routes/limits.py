"""How often guests may create carts: by the client's address, because no session is proven yet (api.md, "Limits")."""

from fastapi import Depends
from servicekit.auth.client_address import client_address
from servicekit.auth.credentials import named_company
from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from servicekit.routes.callers import identity_of
from starlette.requests import Request

_CREATION = Limit("create_cart", "10/minute")


@documents(RateLimited429, ServiceUnavailable503)
async def limit_creation(request: Request) -> None:
    """Count one creation; a session token that somebody made up does not start a count of its own."""
    _, is_backfill = await identity_of(request)
    if is_backfill:
        return
    kit = kit_of(request)
    address = client_address(request.scope, request.headers, kit.settings.trusted_proxies)
    await kit.limiter.hit(_CREATION, f"{named_company(request)}:address:{address}")


CREATION = Depends(limit_creation)
