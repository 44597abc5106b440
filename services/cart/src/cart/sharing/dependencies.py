"""What the routes of links depend on: the cart that a token shows."""

from typing import Annotated

from fastapi import Depends, Path
from servicekit.auth.client_address import client_address
from servicekit.errors import Conflict409, RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from servicekit.routes.rate_limits import counts
from starlette.requests import Request

from cart import errors
from cart.sharing.domain.links import LinkToken, SharedCart
from cart.sharing.use_cases.open_link import open_link

INVALID_LINKS = Limit("invalid_shared_cart", "60/hour")
"""By address. A token cannot be guessed; this keeps who tries from costing a look at the database each time."""

Token = Annotated[str, Path(description="The token of the link.")]


@counts(INVALID_LINKS)
@documents(errors.SharedCartNotFound, Conflict409, RateLimited429, ServiceUnavailable503)
async def _shared_cart(request: Request, token: Token) -> SharedCart:
    """The cart that the token in the path shows, read in a transaction of its own.

    Raises SharedCartNotFound, and RateLimited429 for an address that has sent too many tokens that show nothing; one
    that shows a cart costs no look at the limits.
    """
    kit, parsed = kit_of(request), LinkToken.parse(token)
    try:
        if parsed is None:
            raise errors.SharedCartNotFound()
        async with kit.database.unit(parsed.company_id) as unit:
            return await open_link(unit, parsed, unit.now)
    except errors.SharedCartNotFound:
        address = client_address(request.scope, request.headers, kit.settings.trusted_proxies)
        await kit.limiter.hit(INVALID_LINKS, f"address:{address}")
        raise


SharedCartDep = Annotated[SharedCart, Depends(_shared_cart)]
"""The cart that the link shows, whoever asks."""
