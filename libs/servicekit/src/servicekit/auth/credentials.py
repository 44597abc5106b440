"""The credentials as a request carries them, read but not judged."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from servicekit.errors import MissingCompany400, NotFound404, Unauthenticated401, ValidationFailed422
from servicekit.ids import hash_token, is_token

COMPANY_HEADER = "x-company-id"
SESSION_HEADER = "x-session-token"
OCCURRED_HEADER = "x-occurred-at"


def bearer_token(request: Request) -> str | None:
    """The token in `Authorization: Bearer`, or None when there is no such header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def require_bearer(request: Request) -> str:
    """The bearer token; raises Unauthenticated401 without one."""
    token = bearer_token(request)
    if not token:
        raise Unauthenticated401
    return token


def named_company(request: Request) -> UUID | None:
    """The company that the header names, or None when it names none that could exist."""
    text = request.headers.get(COMPANY_HEADER, "")
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None


def require_company(request: Request) -> UUID:
    """The company that the header names; raises MissingCompany400 when it is missing or no UUID."""
    company = named_company(request)
    if company is None:
        raise MissingCompany400
    return company


def session_hash(request: Request) -> bytes | None:
    """The hash of the guest's session token, or None without one; raises NotFound404 for what cannot be a token."""
    token = request.headers.get(SESSION_HEADER)
    if token is None:
        return None
    if not is_token(token):
        raise NotFound404
    return hash_token(token)


def occurred_at(request: Request, now: datetime) -> datetime | None:
    """The moment in X-Occurred-At, or None; raises ValidationFailed422 unless in RFC 3339 and not after now."""
    text = request.headers.get(OCCURRED_HEADER)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationFailed422.of(OCCURRED_HEADER, "is not a time of RFC 3339") from None
    if moment.tzinfo is None or moment > now:
        raise ValidationFailed422.of(OCCURRED_HEADER, "must name its offset and not be in the future")
    return moment
