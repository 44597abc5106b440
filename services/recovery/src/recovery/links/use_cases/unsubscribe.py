"""Unsubscribing by the link of a mail (rules.md 30)."""

from servicekit.db import TenantUnit

from recovery.errors import RecoveryTokenInvalid400
from recovery.links.domain.tokens import LinkPayload
from recovery.messages import repository as messages
from recovery.suppressions import service as suppressions


async def unsubscribe_recipient(unit: TenantUnit, payload: LinkPayload) -> None:
    """Send this mail's recipient nothing more for any site of the company; at once, and again changes nothing.

    Raises RecoveryTokenInvalid400 when the mail is gone.
    """
    recipient = await messages.recipient_of(unit, payload.recovery_id, payload.step)
    if recipient is None:
        raise RecoveryTokenInvalid400
    await suppressions.suppress(unit, recipient, "unsubscribed")
