"""Addresses sealed for storage, and hashed so that a recipient is recognised without being read."""

import hashlib
import hmac
from typing import Protocol
from uuid import UUID

from recovery.contacts.domain.contact import normalised

_PURPOSE = b"cartwheel recovery recipient v1"


class Seal(Protocol):
    """What makes text unreadable in the database: `servicekit.sealing.Sealer`, whose keys can rotate."""

    def seal(self, content: bytes, context: bytes) -> bytes:
        """The content, encrypted and bound to its context."""

    def unseal(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed for this context; raises SealBroken."""


class Vault:
    """Addresses sealed for their company and cart, and recipients hashed for their company.

    The key of the hash must outlive every rotation of the seal's keys.
    """

    def __init__(self, seal: Seal, recipient_key: bytes) -> None:
        self._seal = seal
        self._recipient_key = hmac.digest(recipient_key, _PURPOSE, hashlib.sha256)

    def seal(self, address: str, company_id: UUID, cart_id: UUID) -> bytes:
        """The address as it is stored."""
        return self._seal.seal(address.encode(), _context(company_id, cart_id))

    def unseal(self, sealed: bytes, company_id: UUID, cart_id: UUID) -> str:
        """The address again; raises SealBroken for what was sealed for another cart or with a key that is gone."""
        return self._seal.unseal(sealed, _context(company_id, cart_id)).decode()

    def recipient(self, address: str, company_id: UUID) -> bytes:
        """The keyed hash of whom this address belongs to, another one in each company. Raises MalformedAddress."""
        return hmac.digest(self._recipient_key, company_id.bytes + normalised(address).encode(), hashlib.sha256)


def _context(company_id: UUID, cart_id: UUID) -> bytes:
    return b"contact" + company_id.bytes + cart_id.bytes
