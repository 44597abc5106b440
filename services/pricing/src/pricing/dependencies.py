"""How an admin's write meets HTTP: one transaction, and one effect per Idempotency-Key (rules.md 10)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from servicekit.auth.caller import Caller
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer
from servicekit.http.bodies import View
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import idempotent
from servicekit.routes.transactions import TenantUnitDep

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Write:
    """One write by a member of the staff; `unit` is its transaction."""

    request: Request
    staff: Caller
    unit: TenantUnit

    async def once(self, work: Callable[[], Awaitable[T]], view: Callable[[T], View], status: int = 200) -> Response:
        """Do the work, or find what it answered before, and show what it made."""

        async def effect() -> Answer:
            return Answer(status, view(await work()))

        return await idempotent(self.request, self.unit, self.staff, effect)

    async def silently(self, work: Callable[[], Awaitable[None]]) -> Response:
        """Do the work, once, and answer 204."""

        async def effect() -> Response:
            await work()
            return Response(status_code=204)

        return await idempotent(self.request, self.unit, self.staff, effect)


async def _write(request: Request, staff: Admin, unit: TenantUnitDep) -> Write:
    return Write(request, staff, unit)


AdminWrite = Annotated[Write, Depends(_write)]
