"""Writing a whole letter: its words, its signed links, and the address taken out of its seal at the last moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from contracts.cart_calls import CartSnapshot
from servicekit.process.kit import Kit

from recovery.campaigns.domain import Step
from recovery.contacts.domain import Contact
from recovery.contacts.vault import Vault
from recovery.links.domain import Claims, KeyRing, Purpose
from recovery.mail.content import Goods, Links, write
from recovery.mail.languages import language
from recovery.mail.letter import Heading, Letter, seal_envelope
from recovery.recoveries.domain import Recovery
from recovery.settings import RecoverySettings
from recovery.sites.domain import Site


class Unwritable(Exception):
    """No letter can be made of this cart, campaign and address; the message names the fault and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Mailroom:
    """Keys, sender and addresses that every letter needs."""

    keys: KeyRing
    vault: Vault
    sender: str
    gateway_url: str
    link_lifetime: timedelta

    @classmethod
    def of(cls, settings: RecoverySettings) -> Self:
        """The mailroom of a service with these settings."""
        return cls(
            keys=KeyRing.parse(settings.cart_recovery_hmac_secret.get_secret_value()),
            vault=Vault.of(settings),
            sender=settings.ses_from,
            gateway_url=settings.gateway_url,
            link_lifetime=timedelta(hours=settings.cart_recovery_token_expiry_hours),
        )

    def write(
        self,
        recovery: Recovery,
        site: Site,
        step: Step,
        contact: Contact,
        cart: CartSnapshot,
        message_id: UUID,
        now: datetime,
    ) -> Letter:
        """One step's letter about the cart as it is now; raises Unwritable, for what is broken in this mail alone."""
        try:
            return self._write(recovery, site, step, contact, cart, message_id, now)
        except Exception as fault:  # writing calls nobody: whatever fails lies in what this letter is made of
            raise Unwritable(type(fault).__name__) from fault

    def _write(
        self,
        recovery: Recovery,
        site: Site,
        step: Step,
        contact: Contact,
        cart: CartSnapshot,
        message_id: UUID,
        now: datetime,
    ) -> Letter:
        links = self.links(recovery.company_id, recovery.id, step.position, now)
        goods = Goods(cart.currency, cart.totals.total, cart.lines)
        content = write(site, step, goods, links, language(contact.locale, site.locale))
        heading = Heading(
            message_id=message_id,
            sender=self.sender,
            shop=site.company_name,
            recipient=self.vault.open(contact.address_sealed, recovery.company_id, recovery.cart_id),
            unsubscribe_url=links.unsubscribe,
            written_at=now,
        )
        tags = {"company": str(recovery.company_id), "message": str(message_id), "step": str(step.position)}
        return seal_envelope(heading, content, tags)

    def links(self, company_id: UUID, recovery_id: UUID, step: int, now: datetime) -> Links:
        """The two links of a mail: one restores for a while, the other unsubscribes for ever."""
        expires_at = (now + self.link_lifetime).replace(microsecond=0)
        restore = self.keys.sign(Claims(Purpose.RESTORE, company_id, recovery_id, step, expires_at))
        unsubscribe = self.keys.sign(Claims(Purpose.UNSUBSCRIBE, company_id, recovery_id, step, None))
        return Links(
            restore=f"{self.gateway_url}/r/{restore}",
            unsubscribe=f"{self.gateway_url}/api/recovery/unsubscribe/{unsubscribe}",
            expires_at=expires_at,
        )


def mailroom_of(kit: Kit) -> Mailroom:
    """The mailroom that main put into the kit."""
    mailroom: Mailroom = kit.own["mailroom"]
    return mailroom
