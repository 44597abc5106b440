"""The keys of addresses: sealed for storage, and hashed so that a recipient is recognised without being read."""

import hashlib
import hmac
from typing import Self
from uuid import UUID

from servicekit.sealing import Sealer
from servicekit.settings import seal_keys

from recovery.contacts.domain import normalised
from recovery.settings import RecoverySettings

_PURPOSE = b"cartwheel recovery recipient v1"


class Vault:
    """Addresses sealed for their company and cart, and recipients hashed for their company.

    The first key of SEAL_KEY seals and every key opens, so it can rotate. The key of the hash must outlive every
    rotation.
    """

    def __init__(self, sealer: Sealer, recipient_key: bytes) -> None:
        self._sealer = sealer
        self._recipient_key = hmac.digest(recipient_key, _PURPOSE, hashlib.sha256)

    @classmethod
    def of(cls, settings: RecoverySettings) -> Self:
        """The vault of a service with these settings."""
        own = settings.recovery_recipient_key
        return cls(
            Sealer(settings.seal_key), own.get_secret_value().encode() if own else seal_keys(settings.seal_key)[-1]
        )

    def seal(self, address: str, company_id: UUID, cart_id: UUID) -> bytes:
        """The address as it is stored."""
        return self._sealer.seal(address.encode(), _context(company_id, cart_id))

    def open(self, sealed: bytes, company_id: UUID, cart_id: UUID) -> str:
        """The address again; raises SealBroken for what was sealed for another cart or with a key that is gone."""
        return self._sealer.open(sealed, _context(company_id, cart_id)).decode()

    def recipient(self, address: str, company_id: UUID) -> bytes:
        """The keyed hash of whom this address belongs to, another one in each company. Raises MalformedAddress."""
        return hmac.digest(self._recipient_key, company_id.bytes + normalised(address).encode(), hashlib.sha256)


def _context(company_id: UUID, cart_id: UUID) -> bytes:
    return b"contact" + company_id.bytes + cart_id.bytes
