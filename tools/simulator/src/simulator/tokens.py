"""Tokens for the people and systems of a shop, signed with the stack's own secrets."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import jwt

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs what a shop's identity provider and the platform would sign; valid for 30 days."""

    jwt_secret: str = field(repr=False)
    service_token_secret: str = field(repr=False)

    def customer(
        self, company_id: UUID, customer_id: str, *, email: str | None = None, groups: Sequence[str] | None = None
    ) -> str:
        """A signed-in shopper's JWT, who is of these groups of customers."""
        return self._user(company_id, customer_id, ["customer"], email=email, groups=groups)

    def admin(self, company_id: UUID) -> str:
        """The JWT of a company's administrator."""
        return self._user(company_id, "local-admin", ["admin"])

    def platform(self, company_id: UUID) -> str:
        """The JWT of the platform's own people, who make companies."""
        return self._user(company_id, "local-platform", ["platform"])

    def service(self, caller: str, *scopes: str) -> str:
        """A service token, good for the company that x-company-id names."""
        claims = {**_times(), "sub": caller, "aud": "cartwheel-internal", "scopes": sorted(scopes)}
        return jwt.encode(claims, self.service_token_secret, algorithm="HS256", headers={"typ": "service+jwt"})

    def _user(self, company_id: UUID, subject: str, roles: Sequence[str], **claims: str | Sequence[str] | None) -> str:
        given = {name: value for name, value in claims.items() if value is not None}
        body = {**_times(), "sub": subject, "company_id": str(company_id), "roles": list(roles), **given}
        return jwt.encode(body, self.jwt_secret, algorithm="HS256")


def _times() -> dict[str, int]:
    now = int(time.time())
    return {"iat": now, "exp": now + 30 * DAY_SECONDS}
