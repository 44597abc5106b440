"""Tokens that services show each other, and the order system shows to cart: HS256 with a secret of the platform."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import jwt
import structlog

from servicekit.auth.token_cache import TokenCache
from servicekit.errors import Unauthenticated401

AUDIENCE = "cartwheel-internal"
TYPE = "service+jwt"
"""The header's `typ`: what distinguishes a service token from a user's before anything is verified."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceClaims:
    """What a verified service token says."""

    service: str
    scopes: frozenset[str]
    company_id: UUID | None


def mint_service_token(
    secret: str,
    caller: str,
    scopes: Iterable[str] = (),
    ttl: timedelta = timedelta(minutes=5),
    company_id: UUID | None = None,
) -> str:
    """A token for a service of this name; without a company it is good for the one that x-company-id names."""
    now = int(time.time())
    claims: dict[str, object] = {
        "sub": caller,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + int(ttl.total_seconds()),
        "scopes": sorted(scopes),
    }
    if company_id is not None:
        claims["company_id"] = str(company_id)
    return jwt.encode(claims, secret, algorithm="HS256", headers={"typ": TYPE})


def is_service_token(token: str) -> bool:
    """Whether the token claims to be a service's; says nothing of whether that is true."""
    try:
        return jwt.get_unverified_header(token).get("typ") == TYPE
    except jwt.InvalidTokenError:
        return False


class ServiceTokens:
    """Verifies service tokens."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._verified: TokenCache[ServiceClaims] = TokenCache()

    def verify(self, token: str) -> ServiceClaims:
        """The token's claims; Unauthenticated401 for any fault."""
        if claims := self._verified.get(token):
            return claims
        try:
            payload = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                options={"require": ["exp", "sub", "aud"]},
            )
            company = payload.get("company_id")
            claims = ServiceClaims(
                payload["sub"], frozenset(payload.get("scopes", ())), UUID(company) if company is not None else None
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as fault:
            log.info("service_token_refused", reason=type(fault).__name__)
            raise Unauthenticated401 from None
        self._verified.put(token, float(payload["exp"]), claims)
        return claims
