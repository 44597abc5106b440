"""The links of a mail: what signs them, and what one leads to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from recovery.links.domain.tokens import KeyRing, LinkPayload, Purpose
from recovery.recoveries.domain import Recovery
from recovery.sites.domain import Site


@dataclass(frozen=True, slots=True)
class MailLinks:
    """Where a mail leads; `expires_at` is when `restore` stops working."""

    restore: str
    unsubscribe: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Makes the links of mails at the gateway's address, and verifies the tokens in them."""

    keys: KeyRing
    gateway_url: str
    lifetime: timedelta

    def links(self, company_id: UUID, recovery_id: UUID, step: int, now: datetime) -> MailLinks:
        """The two links of a mail: one restores for a while, the other unsubscribes for ever."""
        expires_at = (now + self.lifetime).replace(microsecond=0)
        restore = self.keys.sign(LinkPayload(Purpose.RESTORE, company_id, recovery_id, step, expires_at))
        unsubscribe = self.keys.sign(LinkPayload(Purpose.UNSUBSCRIBE, company_id, recovery_id, step, None))
        return MailLinks(
            restore=f"{self.gateway_url}/r/{restore}",
            unsubscribe=f"{self.gateway_url}/api/recovery/unsubscribe/{unsubscribe}",
            expires_at=expires_at,
        )

    def verify(self, token: str, purpose: Purpose, now: datetime) -> LinkPayload:
        """The payload of a token. Raises RecoveryTokenInvalid400 or RecoveryTokenExpired410."""
        return self.keys.verify(token, purpose, now)


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a link leads to. `locale` is the language the shopper chose, if they did."""

    recovery: Recovery
    site: Site
    locale: str | None
