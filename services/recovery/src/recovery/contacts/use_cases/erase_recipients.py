"""Erasing who the mails of some carts went to (rules.md 35)."""

from collections.abc import Sequence
from uuid import UUID

from servicekit.db import TenantUnit

from recovery.contacts.persistence import erasing, repository


async def erase_recipients(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Erase the addresses of these carts, and all that the company keeps about the same recipients.

    Their recoveries stop, and their mails stay as figures that name nobody. An address that arrives later for one of
    the carts is not kept. A suppression stays: a keyed hash, so that who wanted no mail gets none.
    """
    await repository.lock(unit, cart_ids)
    recipients = await erasing.recipients_of(unit, cart_ids)
    carts = sorted({*cart_ids, *await erasing.carts_of(unit, cart_ids, recipients)})
    await erasing.stop_recoveries(unit, carts)
    await erasing.erase_mails(unit, carts, recipients)
    await erasing.erase_contacts(unit, carts, recipients)
