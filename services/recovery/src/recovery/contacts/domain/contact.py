"""What makes two addresses the same recipient, and what is kept of one."""

from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from uuid import UUID


class MalformedAddress(ValueError):
    """Not something that a mail can be addressed to; the message never contains the address."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a cart's shopper agreed to be mailed, the address sealed; `locale` is their language, if they chose one."""

    recipient_hash: bytes
    address_sealed: bytes
    locale: str | None


@dataclass(frozen=True, slots=True)
class GivenContact:
    """What a shopper entered: an address, whether they agreed to be mailed there, and their language, if given."""

    address: str
    consent: bool
    locale: str | None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What a final cart passes on to the one that its lines went to; no contact: the shopper declined."""

    successor_cart_id: UUID
    contact: Contact | None


def deliverable(address: str) -> str:
    """The address as a mail provider takes it: without spaces around, the host in ASCII (RFC 5891).

    Raises MalformedAddress, also for a name with other letters than ASCII, which providers do not carry.
    """
    local, _, host = address.strip().rpartition("@")
    try:
        spelled = f"{local}@{host.encode('idna').decode('ascii')}"
        Address(addr_spec=spelled).addr_spec.encode("ascii")
    except (ValueError, IndexError, AttributeError, HeaderParseError):  # the parser trips over what it cannot read
        raise MalformedAddress("the address is not one that mail can be sent to") from None
    if not (local and host) or any(part.isspace() or not part.isprintable() for part in spelled):
        raise MalformedAddress("the address is not one that mail can be sent to")
    return spelled


def normalised(address: str) -> str:
    """The address by which a recipient is recognised: without case and plus-tags (as rules.md 23 says for customers).

    `Ann.Lee+shop@Example.COM` is `ann.lee@example.com`. Raises MalformedAddress.
    """
    local, _, host = deliverable(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{host}".lower()
