"""A shopper's address is sealed before anything else is done with it (rules.md 35)."""

from dataclasses import dataclass
from uuid import UUID

from contracts.cart import contact_context
from servicekit.sealing import Sealer

from cart.carts.domain.values import Contact


@dataclass(frozen=True, slots=True)
class ContactSealer:
    """Seals addresses with the key that only recovery has beside this service; one for the life of the process."""

    sealer: Sealer

    def seal(self, company_id: UUID, email: str, consent: bool, locale: str | None) -> Contact:
        """The contact with its address sealed for the company."""
        return Contact(self.sealer.seal_text(email, contact_context(company_id)), consent, locale)
