"""What is wired once per process for routes and jobs: the cart service, and the keys of links and addresses."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from servicekit.process.kit import Kit, kit_of
from servicekit.sealing import Sealer
from servicekit.settings import seal_keys
from starlette.requests import Request

from recovery.clients import CartClient
from recovery.contacts.domain.vault import Vault
from recovery.links.domain.links import LinkSigner
from recovery.links.domain.tokens import KeyRing
from recovery.mail.use_cases.write_mail import MailWriter
from recovery.settings import RecoverySettings


@dataclass(frozen=True, slots=True)
class Parts:
    """What api and worker both need."""

    carts: CartClient
    links: LinkSigner
    vault: Vault
    contact_sealer: Sealer
    writer: MailWriter


def link_signer(settings: RecoverySettings) -> LinkSigner:
    """The signer of links with these settings' keys and address."""
    return LinkSigner(
        keys=KeyRing.parse(settings.cart_recovery_hmac_secret.get_secret_value()),
        gateway_url=settings.gateway_url,
        lifetime=timedelta(hours=settings.cart_recovery_token_expiry_hours),
    )


def vault_of(settings: RecoverySettings) -> Vault:
    """The vault with these settings' keys: the first of SEAL_KEY seals, every one unseals."""
    own = settings.recovery_recipient_key
    recipient_key = own.get_secret_value().encode() if own else seal_keys(settings.seal_key)[-1]
    return Vault(Sealer(settings.seal_key), recipient_key)


def parts_with(settings: RecoverySettings) -> Parts:
    """The parts with these settings; the caller closes `carts`."""
    links, vault = link_signer(settings), vault_of(settings)
    writer = MailWriter(links, vault, settings.ses_from)
    return Parts(CartClient.of(settings), links, vault, Sealer(settings.contact_seal_key), writer)


@asynccontextmanager
async def open_parts(kit: Kit[RecoverySettings, None]) -> AsyncGenerator[Parts]:
    """Make the parts, and close their connections at the end."""
    parts = parts_with(kit.settings)
    try:
        yield parts
    finally:
        await parts.carts.close()


RecoveryKit = Kit[RecoverySettings, Parts]
"""The kit of a process of this service."""


def parts_of(request: Request) -> Parts:
    """The parts of the process that serves this request."""
    kit: RecoveryKit = kit_of(request)
    return kit.parts
