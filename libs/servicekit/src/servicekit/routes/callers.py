"""FastAPI dependencies that say who may call a route (api.md, "Auth"); declare one before the route's unit.

Another tenant's things are not refused here: a caller only ever sees its own company, so that they do not exist for it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from servicekit.auth import credentials
from servicekit.auth.caller import NO_COMPANY, Caller, Kind
from servicekit.auth.client_address import client_address
from servicekit.auth.service_tokens import is_service_token
from servicekit.auth.user_tokens import Claims
from servicekit.errors import (
    Forbidden403,
    MissingCompany400,
    NotFound404,
    Unauthenticated401,
)
from servicekit.http.openapi_notes import Header, documents
from servicekit.process.kit import AnyKit, kit_of

STAFF_READERS = frozenset({"platform", "admin", "support", "viewer"})
STAFF_WRITERS = frozenset({"platform", "admin"})
_READING = frozenset({"GET", "HEAD"})
_GUEST_ERRORS = (MissingCompany400, Unauthenticated401, Forbidden403, NotFound404)

_JWT = {"userToken": ()}
_OTHERWISE: dict[str, tuple[str, ...]] = {}
"""A guest's session is no security scheme: a wrong one is 404, not the 401 that a scheme promises (rules.md 7)."""
_SERVICE = {"serviceToken": ()}
_COMPANY = Header(credentials.COMPANY_HEADER, "The shop's id.", {"type": "string", "format": "uuid"})
_OWN_COMPANY = replace(_COMPANY, required=True)
_SESSION = Header(credentials.SESSION_HEADER, "The guest's token.", {"type": "string", "pattern": "^[0-9a-f]{64}$"})
_OWN_SESSION = replace(_SESSION, required=True)


@documents(Unauthenticated401, Forbidden403, security=[_JWT], names_caller=True)
async def customer(request: Request) -> Caller:
    """A signed-in shopper: a JWT with the role customer; its signed company counts, not the header's."""
    return _admit(request, await _customer(request))


@documents(*_GUEST_ERRORS, headers=[_OWN_COMPANY, _OWN_SESSION], names_caller=True)
async def guest(request: Request) -> Caller:
    """A guest who has a session: both headers; 401 without a session token, 404 for one that cannot be (rules.md 7)."""
    caller = _guest(request)
    if caller.session_hash is None:
        raise Unauthenticated401
    return _admit(request, caller)


@documents(*_GUEST_ERRORS, headers=[_OWN_COMPANY, _SESSION], names_caller=True)
async def guest_or_none(request: Request) -> Caller:
    """A guest who may have no session yet: the company header alone will do."""
    return _admit(request, _guest(request))


@documents(*_GUEST_ERRORS, security=[_JWT, _OTHERWISE], headers=[_COMPANY, _SESSION], names_caller=True)
async def shopper(request: Request) -> Caller:
    """A customer when a user's JWT is sent, else a guest who has a session; 401 for who sends neither."""
    token = credentials.bearer_token(request)
    if token is None and credentials.SESSION_HEADER not in request.headers:
        raise Unauthenticated401
    if token is not None and not is_service_token(token):
        return await customer(request)
    return await guest(request)


def admin(*roles: str) -> Callable[[Request], Awaitable[Caller]]:
    """Staff with one of these roles, platform always; without roles: any staff to read, admins to write.

    Use it as `Annotated[Caller, Depends(admin("admin"))]`. A platform token acts for the company of its claim, else for
    that of the header.
    """
    wanted = frozenset(roles) | {"platform"} if roles else None

    @documents(MissingCompany400, Unauthenticated401, Forbidden403, security=[_JWT], names_caller=True)
    async def staff(request: Request) -> Caller:
        claims = await kit_of(request).user_tokens.verify(credentials.require_bearer(request))
        needed = wanted or (STAFF_READERS if request.method in _READING else STAFF_WRITERS)
        if not claims.roles & needed:
            raise Forbidden403
        return _admit(request, _staff(request, claims))

    return staff


@documents(Unauthenticated401, Forbidden403, security=[_JWT], names_caller=True)
async def platform(request: Request) -> Caller:
    """The platform's own people: a JWT with the role platform, of any company or none (rules.md 36)."""
    claims = await kit_of(request).user_tokens.verify(credentials.require_bearer(request))
    if "platform" not in claims.roles:
        raise Forbidden403
    return _admit(request, _staff(request, claims))


@documents(
    MissingCompany400, Unauthenticated401, Forbidden403, security=[_SERVICE], headers=[_COMPANY], names_caller=True
)
async def service(request: Request) -> Caller:
    """Another service, or the shop's order system: a service token, for its company or the header's."""
    kit = kit_of(request)
    claims = kit.service_tokens.verify(credentials.require_bearer(request))
    caller = Caller(
        "service",
        claims.company_id or credentials.require_company(request),
        claims.service,
        scopes=claims.scopes,
        occurred_at=credentials.occurred_at(request, kit.clock.now()),
    )
    if caller.occurred_at is not None:
        caller.require_scope("backfill")
    return _admit(request, caller)


class Identity(NamedTuple):
    """Whom a request counts for."""

    key: str
    company_id: UUID | None
    """The company of a caller who brings a credential that could open something; None for everybody else."""
    is_backfill: bool

    def everybody_at(self, address: str) -> str:
        """What all who call from an address in this company are counted by, whoever they say they are."""
        return f"{self.key.partition(':')[0]}:address:{address}"


async def identity_of(request: Request) -> Identity:
    """What this request's rate is counted by, and whether it is a backfill, which is not limited; judges nothing.

    A credential that does not verify counts by the client's address, so that guessing one is limited as well.
    """
    kit, token = kit_of(request), credentials.bearer_token(request)
    try:
        if token is None:
            caller = _guest(request)
        elif is_service_token(token):
            caller = _backfilling(request, kit, token)
        else:
            claims = await kit.user_tokens.verify(token)
            caller = _of_claims("customer", claims, claims.company_id or NO_COMPANY)
    except (Unauthenticated401, Forbidden403, MissingCompany400, NotFound404):
        return Identity(f"{credentials.named_company(request)}:address:{_address(request, kit)}", None, False)
    company_id = caller.company_id if caller.subject else None
    return Identity(f"{caller.company_id}:{caller.identity}", company_id, caller.is_backfill)


def address_of(request: Request) -> str:
    """The client's address as far as it can be believed: what trusted proxies say, never what a client adds."""
    return _address(request, kit_of(request))


async def _customer(request: Request) -> Caller:
    claims = await kit_of(request).user_tokens.verify(credentials.require_bearer(request))
    if claims.company_id is None:
        raise Unauthenticated401
    if "customer" not in claims.roles:
        raise Forbidden403
    return _of_claims("customer", claims, claims.company_id)


def _guest(request: Request) -> Caller:
    """The guest, resolved once: the rate limit and the route both ask."""
    known: Caller | None = request.scope.get("guest")
    if known is None:
        known = request.scope["guest"] = _resolve_guest(request)
    return known


def _resolve_guest(request: Request) -> Caller:
    kit, token = kit_of(request), credentials.bearer_token(request)
    if token is not None and is_service_token(token):
        return _backfilling(request, kit, token)
    company, session = credentials.require_company(request), credentials.session_hash(request)
    if session is None:
        return Caller("guest", company, "", address=_address(request, kit))
    return Caller("guest", company, session.hex(), session_hash=session)


def _backfilling(request: Request, kit: AnyKit, token: str) -> Caller:
    """A guest of the past, brought in by a service token with the scope backfill."""
    claims = kit.service_tokens.verify(token)
    if "backfill" not in claims.scopes:
        raise Forbidden403
    company, session = credentials.require_company(request), credentials.session_hash(request)
    if claims.company_id not in (None, company):
        raise Forbidden403
    return Caller(
        "guest",
        company,
        session.hex() if session else "",
        scopes=claims.scopes,
        session_hash=session,
        address=claims.service,
        occurred_at=credentials.occurred_at(request, kit.clock.now()),
    )


def _staff(request: Request, claims: Claims) -> Caller:
    is_platform = "platform" in claims.roles
    company = claims.company_id or (credentials.named_company(request) if is_platform else None)
    if company is None and not is_platform:
        raise Unauthenticated401
    return _of_claims("platform" if is_platform else "admin", claims, company or NO_COMPANY)


def _of_claims(kind: Kind, claims: Claims, company: UUID) -> Caller:
    return Caller(
        kind,
        company,
        claims.subject,
        roles=claims.roles,
        email=claims.email,
        groups=claims.groups,
        tax_exempt=claims.tax_exempt,
        locale=claims.locale,
        site_id=claims.site_id,
        expires_at=claims.expires_at,
    )


def _address(request: Request, kit: AnyKit) -> str:
    return client_address(request.scope, request.headers, kit.settings.trusted_proxies)


def _admit(request: Request, caller: Caller) -> Caller:
    """Note the caller for the unit and the access log."""
    if caller.occurred_at is None and credentials.OCCURRED_HEADER in request.headers:
        raise Forbidden403("Only a backfill may say when something happened.")
    request.scope["caller"] = caller
    return caller


Customer = Annotated[Caller, Depends(customer)]
Guest = Annotated[Caller, Depends(guest)]
GuestOrNone = Annotated[Caller, Depends(guest_or_none)]
Shopper = Annotated[Caller, Depends(shopper)]
Admin = Annotated[Caller, Depends(admin())]
Platform = Annotated[Caller, Depends(platform)]
ServiceCaller = Annotated[Caller, Depends(service)]
