"""Rate limits of routes (api.md, "Limits"): per company and identity, refused with 429 before anything else is done."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import Request

from servicekit.errors import RateLimited429, ServiceUnavailable503
from servicekit.http.openapi_notes import documents
from servicekit.process.kit import kit_of
from servicekit.process.limiter import Fallback, Limit, Window
from servicekit.routes.callers import address_of, identity_of
from servicekit.routes.direct import begun_by

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_LIMITS: dict[Callable[..., Any], Limit] = {}


@dataclass(frozen=True, slots=True)
class PathLimit:
    """So many requests about one thing, whoever sends them: the one whose id the path has under this name."""

    parameter: str
    limit: Limit

    def windows(self, request: Request, company_id: UUID | None) -> tuple[Window, ...]:
        """The thing's window in the caller's company; none for what is no id, and for who brings no credential.

        The route refuses both, so that they use up nothing of those who have one.
        """
        try:
            thing = UUID(request.path_params[self.parameter])
        except ValueError:
            return ()
        return (Window(self.limit, f"{company_id}:{thing}"),) if company_id is not None else ()


def counts(limit: Limit) -> Callable[[FunctionT], FunctionT]:
    """Note that a dependency counts by this limit, for `limit_of`."""

    def note(function: FunctionT) -> FunctionT:
        _LIMITS[function] = limit
        return function

    return note


def limit_of(function: Callable[..., Any] | None) -> Limit | None:
    """The limit by which a dependency counts, if it does."""
    return _LIMITS.get(function) if function is not None else None


def all_limits() -> tuple[Limit, ...]:
    """The limits of every route that this process has imported."""
    return tuple(dict.fromkeys(_LIMITS.values()))


def rate_limit(
    name: str,
    rate: str,
    *,
    fallback: Fallback = "local",
    about: PathLimit | None = None,
    by_address: Limit | None = None,
) -> Dependency:
    """Limit a route: `dependencies=[rate_limit("add_item", "30/minute")]`.

    Routes that give the same name share their count. While Redis is away, `local` counts in each process and `closed`
    answers 503. `about` limits the requests of all callers about one thing as well, and `by_address` those of all
    callers at one address, in the same round trip. A backfill is not limited.
    """
    limit = Limit(name, rate, fallback)

    async def begin(request: Request) -> Awaitable[None]:
        """Ask Redis: beside the opening of a transaction while connections are idle, so not in a flood."""
        identity, kit = await identity_of(request), kit_of(request)
        if identity.is_backfill:
            return _passed()
        others = about.windows(request, identity.company_id) if about is not None else ()
        if by_address is not None:
            others = (*others, Window(by_address, identity.everybody_at(address_of(request))))
        hit = kit.limiter.hit(limit, identity.key, *others)
        if kit.database.has_idle_connection:
            return asyncio.ensure_future(hit)
        await hit
        return _passed()

    @begun_by(begin)
    @counts(limit)
    @documents(RateLimited429, ServiceUnavailable503)
    async def count(request: Request) -> None:
        await (await begin(request))

    dependency: Dependency = Depends(count)
    return dependency


async def _passed() -> None:
    """What is left to wait for when nothing is."""


STAFF_CHANGES = rate_limit("staff_changes", "600/minute")
"""How often one of a company's staff changes anything in a service: far more than a person does, and no flood."""
