"""Who is calling, as every use case receives it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.base import Actor

from servicekit.errors import Forbidden403

Kind = Literal["customer", "guest", "admin", "service", "platform"]

NO_COMPANY = UUID(int=0)
"""The company of a platform caller that names none: no row belongs to it."""

_ACTORS: dict[Kind, Actor] = {
    "customer": "shopper",
    "guest": "shopper",
    "admin": "staff",
    "platform": "staff",
    "service": "system",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """An authorised caller of one company.

    `subject` is the customer's id, the session's hash in hex ("" for a guest without a session), the staff member's
    id, or the calling service's name. E-mail, groups, tax exemption and locale come from the JWT's claims (rules.md
    36).
    """

    kind: Kind
    company_id: UUID
    subject: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    email: str | None = None
    groups: tuple[str, ...] = ()
    tax_exempt: bool = False
    locale: str | None = None
    site_id: UUID | None = None
    session_hash: bytes | None = None
    """SHA-256 of a guest's session token (rules.md 7)."""
    address: str = ""
    """Where a guest without a session calls from; empty for everybody else."""
    occurred_at: datetime | None = None
    """When a backfill says that this happened; None means now."""
    expires_at: datetime | None = None
    """When the user's token is over; None for who has none."""

    @property
    def actor(self) -> Actor:
        """Who acts, as events say it (rules.md 33)."""
        return _ACTORS[self.kind]

    @property
    def identity(self) -> str:
        """What limits and idempotency keys count by: the subject, else the address (api.md, "Limits")."""
        return f"{self.kind}:{self.subject}" if self.subject else f"address:{self.address}"

    @property
    def is_backfill(self) -> bool:
        """Whether the caller brings in the past: not rate limited."""
        return "backfill" in self.scopes

    def require_scope(self, scope: str) -> None:
        """Raise Forbidden403 unless the service token has the scope."""
        if scope not in self.scopes:
            raise Forbidden403("This needs the scope {scope}.", scope=scope)
