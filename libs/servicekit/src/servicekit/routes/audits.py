"""The audit of what staff change over HTTP (rules.md 35): declared by the route, written in the change's transaction.

A route with an `OnceDep` only declares what it does to what:

    ZONE = AuditSubject("shipping_zone", "zone_id", by_path("zone_id", service.get_zone), ZoneView.of)

    @router.patch("/{zone_id}", dependencies=[STAFF_CHANGES, ZONE.audited("changed")])

One that has none takes `AuditDep` beside that, and records. A service whose admin route declares neither does not start
(`roles.api`), and a route that answers without having recorded anything fails.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import orjson
from contracts.audit import FieldChange
from fastapi import Depends
from fastapi.params import Depends as Dependency
from starlette.requests import Request
from starlette.responses import Response

from servicekit.db import TenantUnit, Unit
from servicekit.http.answers import Answer, plain
from servicekit.messaging import audit_log
from servicekit.messaging.audit_log import AuditAction, AuditSource, changes_between
from servicekit.process.kit import kit_of

Effect = Callable[[], Awaitable[Answer | Response]]
Before = Callable[[TenantUnit, Request], Awaitable[object]]
"""Reads what is about to change."""

_SCOPE = "audit"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"

_AUDITED: set[Callable[..., Any]] = set()


class NotAudited(Exception):
    """A route that declares an audit has answered without having recorded anything."""


@dataclass(frozen=True, slots=True)
class AuditSubject:
    """A kind of thing that staff change.

    `named_by` is the path parameter with its id; what is made has its id in its answer. `before` reads it as it was, in
    the transaction that changes it, and `view` shows that as answers do. Answers hold nothing personal.
    """

    type: str
    named_by: str | None = None
    before: Before | None = None
    view: Callable[[Any], object] | None = None

    def audited(self, verb: str) -> Dependency:
        """The route does this to it: `deleted` leaves nothing, and what is made (`created`) was not there before."""

        async def audit(request: Request) -> AsyncGenerator[None]:
            started = request.scope[_SCOPE] = Audit(request, self, verb)
            yield
            if not started.is_recorded:
                raise NotAudited(f"{self.type}.{verb}")

        _AUDITED.add(audit)
        dependency: Dependency = Depends(audit, scope="function")
        return dependency


def by_path(name: str, read: Callable[[TenantUnit, UUID], Awaitable[object]]) -> Before:
    """Read by the id in the path."""

    async def before(unit: TenantUnit, request: Request) -> object:
        return await read(unit, UUID(str(request.path_params[name])))

    return before


def is_audit(function: Callable[..., Any] | None) -> bool:
    """Whether a dependency declares an audit."""
    return function in _AUDITED


class Audit:
    """What one request does, until it is recorded. Not for concurrent use."""

    __slots__ = ("_request", "_subject", "_verb", "is_recorded")

    def __init__(self, request: Request, subject: AuditSubject, verb: str) -> None:
        self._request, self._subject, self._verb = request, subject, verb
        self.is_recorded = False

    def needs_none(self) -> None:
        """Nothing was changed: the request was refused, is answered again, or found all as it wanted to have it."""
        self.is_recorded = True

    async def around(self, unit: TenantUnit, effect: Effect) -> Answer:
        """Run an effect and record what became of its subject, in the same transaction.

        A refusal is not recorded, nor what left its subject as it was. Changes of one thing wait here for each other,
        so that each has the one before it as its `before`.
        """
        before = await self._read(unit)
        given = await effect()
        answer = given if isinstance(given, Answer) else Answer.of(given)
        after = _shown(answer.content)
        changes = changes_between(before, {} if self._verb == "deleted" else after)
        if answer.status >= 400 or (before and not changes):
            self.needs_none()
        if not self.is_recorded:
            await self.record(unit, self._named() or str(after.get("id") or unit.company_id), changes)
        return answer

    async def record(
        self,
        unit: Unit,
        subject_id: str,
        changes: Mapping[str, FieldChange] | None = None,
        company_id: UUID | None = None,
    ) -> None:
        """Record the action in a unit's transaction; of the caller's company, or another."""
        kit, scope = kit_of(self._request), self._request.scope
        source = AuditSource(kit.service, scope["caller"], scope["request_id"])
        action = AuditAction(f"{self._subject.type}.{self._verb}", self._subject.type, subject_id, changes or {})
        await audit_log.record(unit, source, action, company_id)
        self.is_recorded = True

    async def record_alone(self, subject_id: str, changes: Mapping[str, FieldChange] | None = None) -> None:
        """Record the action in a transaction of its own, before what it does begins: for what no transaction covers."""
        async with kit_of(self._request).database.unit(self._request.scope["caller"].company_id) as unit:
            await self.record(unit, subject_id, changes)

    def _named(self) -> str | None:
        """The id in the path; None for what has none, or is only made."""
        named = self._request.path_params.get(self._subject.named_by or "")
        return None if named is None else str(named)

    async def _read(self, unit: TenantUnit) -> Mapping[str, Any]:
        if self._subject.before is None or self._verb == "created":
            return {}
        await unit.execute(_LOCK, f"audit:{unit.company_id}:{self._subject.type}:{self._named()}")
        found = await self._subject.before(unit, self._request)
        return _shown(self._subject.view(found) if self._subject.view else found)


def audit_of(request: Request) -> Audit | None:
    """The audit that the request's route declares, if it does."""
    audit: Audit | None = request.scope.get(_SCOPE)
    return audit


async def declared_audit(request: Request) -> Audit:
    """The audit that the route declares, for one that records by itself; declare it with `audited` first."""
    audit: Audit = request.scope[_SCOPE]
    return audit


AuditDep = Annotated[Audit, Depends(declared_audit)]


def _shown(content: object) -> Mapping[str, Any]:
    found = orjson.loads(content or b"{}") if isinstance(content, bytes) else plain(content)
    return found if isinstance(found, dict) else {"value": found}
