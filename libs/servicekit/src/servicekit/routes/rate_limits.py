"""Rate limits of routes (api.md, "Limits"): per company and identity, refused with 429 before anything else is done."""

from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import Request

from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Fallback, Limit
from servicekit.routes.callers import identity_of


def rate_limit(name: str, rate: str, *, fallback: Fallback = "local") -> Dependency:
    """Limit a route: `dependencies=[rate_limit("add_item", "30/minute")]`.

    Routes that give the same name share their count. While Redis is away, `local` counts in each process and `closed`
    answers 503. A backfill is not limited.
    """
    limit = Limit(name, rate, fallback)

    @documents(RateLimited429, ServiceUnavailable503)
    async def count(request: Request) -> None:
        identity, is_backfill = await identity_of(request)
        if not is_backfill:
            await kit_of(request).limiter.hit(limit, identity)

    dependency: Dependency = Depends(count)
    return dependency
