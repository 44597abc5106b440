"""What the routes of lists depend on: whose list a request is about, and who has sent links that open nothing."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path
from servicekit.auth.caller import Caller
from servicekit.db import Unit
from servicekit.errors import RateLimited429, ServiceUnavailable503, VersionMismatch412
from servicekit.http.etags import expected_version
from servicekit.http.openapi_notes import documents
from servicekit.ids import new_id
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Limit
from servicekit.routes.callers import address_of
from servicekit.routes.conditions import IF_MATCH
from servicekit.routes.rate_limits import counts, rate_limit
from starlette.requests import Request

from cart.carts.domain.context import ChangeContext
from cart.lists.service import ListRequest

CHANGE_LIST: Final = rate_limit("change_list", "60/minute")
SHARE_LIST: Final = rate_limit("share_list", "10/minute")
INVALID_LINKS: Final = Limit("invalid_shared_link", "60/hour")
"""Links that open nothing, by the address that sends them; their 256 bits are what keeps them from being guessed."""

LinkToken = Annotated[str, Path(description="The token of a link.", max_length=200)]


ReadVersion = Callable[[], int | None]


@documents(VersionMismatch412, headers=[IF_MATCH])
async def if_match(request: Request) -> ReadVersion:
    """What reads the version in If-Match, None when any will do; it raises VersionMismatch412 for what can be none."""
    return partial(expected_version, request)


IfMatch = Annotated[ReadVersion, Depends(if_match)]


def list_request(caller: Caller, unit: Unit, site_id: UUID | None, expected: ReadVersion = lambda: None) -> ListRequest:
    """The caller's own list: a guest's by their session, a customer's on the site named, else the token's."""
    is_guest = caller.kind == "guest"
    return ListRequest(
        customer_id=None if is_guest else caller.subject,
        session_hash=caller.session_hash if is_guest else None,
        site_id=site_id or caller.site_id,
        context=ChangeContext(caller.actor, caller.occurred_at or unit.now, new_id),
        expected_version=expected,
    )


@counts(INVALID_LINKS)
@documents(RateLimited429, ServiceUnavailable503)
async def invalid_links(request: Request) -> "InvalidLinks":
    """What counts links that open nothing; a good one costs no look at the limits."""
    return InvalidLinks(request)


class InvalidLinks:
    """Counts the invalid links of one request."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def count(self) -> None:
        """Count one by the client's address; raises RateLimited429 for one that has sent too many."""
        await kit_of(self._request).limiter.hit(INVALID_LINKS, f"address:{address_of(self._request)}")


InvalidLinksDep = Annotated[InvalidLinks, Depends(invalid_links)]
