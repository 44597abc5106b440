"""Writing a whole mail: its words, its signed links, and the address unsealed at the last moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cart_calls import CartSnapshot

from recovery.campaigns.domain import Step
from recovery.contacts.domain.contact import Contact
from recovery.contacts.domain.vault import Vault
from recovery.links.domain.links import LinkSigner
from recovery.mail.domain.mime import MailHeaders, OutgoingMail, compose
from recovery.mail.view.content import CartContents, write_content
from recovery.mail.view.languages import language
from recovery.recoveries.domain import Recovery
from recovery.sites.domain import Site


class MailNotWritable(Exception):
    """No mail can be made of this cart, campaign and address; the message names the fault and quotes nothing."""


@dataclass(frozen=True, slots=True)
class MailSubject:
    """What a mail is made from: one step of a campaign, about one recovery, to one contact, for one site."""

    recovery: Recovery
    site: Site
    step: Step
    contact: Contact


@dataclass(frozen=True, slots=True)
class MailWriter:
    """Writes mails; has the keys of addresses and links, and the sender."""

    links: LinkSigner
    vault: Vault
    sender: str

    def write(self, subject: MailSubject, cart: CartSnapshot, message_id: UUID, now: datetime) -> OutgoingMail:
        """Write one step's mail about the cart as it is now.

        Raises MailNotWritable for what is broken in this mail alone: writing calls no other service, so whatever fails
        lies in what the mail is made from.
        """
        try:
            return self._write(subject, cart, message_id, now)
        except Exception as fault:
            raise MailNotWritable(type(fault).__name__) from fault

    def _write(self, subject: MailSubject, cart: CartSnapshot, message_id: UUID, now: datetime) -> OutgoingMail:
        recovery, site, step, contact = subject.recovery, subject.site, subject.step, subject.contact
        links = self.links.links(recovery.company_id, recovery.id, step.position, now)
        contents = CartContents(cart.currency, cart.totals.total, cart.lines)
        content = write_content(site, step, contents, links, language(contact.locale, site.locale))
        headers = MailHeaders(
            message_id=message_id,
            sender=self.sender,
            shop=site.company_name,
            recipient=self.vault.unseal(contact.address_sealed, recovery.company_id, recovery.cart_id),
            unsubscribe_url=links.unsubscribe,
            written_at=now,
        )
        tags = {"company": str(recovery.company_id), "message": str(message_id), "step": str(step.position)}
        return compose(headers, content.subject, content.text, content.html, tags)
