"""How often shoppers may do what (api.md, "Limits"; ADR 0024): by session or customer, one cart by all who open it."""

from typing import Final

from fastapi import Depends
from fastapi.params import Depends as Dependency
from servicekit.auth.client_address import client_address
from servicekit.auth.credentials import named_company
from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from servicekit.routes.callers import identity_of
from servicekit.routes.rate_limits import PathLimit, counts, rate_limit
from starlette.requests import Request

_CREATION = Limit("create_cart", "10/minute")
_ONE_CART = PathLimit("cart_id", Limit("one_cart", "120/minute"))
"""A cart may be opened by several sessions (rules.md 29), which share this."""
_GUESSES = Limit("discount_of_address", "30/minute")
"""Codes that all shoppers at one address try: sessions cost nothing, so that theirs alone would bound no guessing."""


@counts(_CREATION)
@documents(RateLimited429, ServiceUnavailable503)
async def limit_creation(request: Request) -> None:
    """Count one creation by address; a session token that somebody made up does not start a count of its own."""
    if (await identity_of(request)).is_backfill:
        return
    kit = kit_of(request)
    address = client_address(request.scope, request.headers, kit.settings.trusted_proxies)
    await kit.limiter.hit(_CREATION, f"{named_company(request)}:address:{address}")


GUEST_CREATION: Final[Dependency] = Depends(limit_creation)
"""By the client's address, because no session is proven yet."""
CREATION: Final = rate_limit("create_cart", "10/minute")
SIGN_IN: Final = rate_limit("merge_carts", "20/minute")

ADD: Final = rate_limit("add_item", "30/minute")
CHANGE: Final = rate_limit("change_cart", "60/minute")
CODE: Final = rate_limit("discount", "5/minute", fallback="closed", by_address=_GUESSES)
CONTACT: Final = rate_limit("set_contact", "10/minute")
SHARE: Final = rate_limit("share_cart", "20/minute")
COPY: Final = rate_limit("copy_cart", "20/minute")
OPEN_STREAM: Final = rate_limit("open_stream", "30/minute")
ESTIMATE: Final = rate_limit("estimate", "60/minute")

ADD_TO_ONE: Final = rate_limit("add_item", "30/minute", about=_ONE_CART)
CHANGE_ONE: Final = rate_limit("change_cart", "60/minute", about=_ONE_CART)
CODE_OF_ONE: Final = rate_limit("discount", "5/minute", fallback="closed", about=_ONE_CART, by_address=_GUESSES)
CONTACT_OF_ONE: Final = rate_limit("set_contact", "10/minute", about=_ONE_CART)
SHARE_ONE: Final = rate_limit("share_cart", "20/minute", about=_ONE_CART)
HOLD_ONE: Final = rate_limit("hold_stock", "30/minute", about=_ONE_CART)
"""Those of routes that name the cart in their path."""
