"""Suppressing recipients, at once and for every site of the company (rules.md 30)."""

from typing import Literal
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.recovery import RecipientSuppressed
from servicekit.db import TenantUnit
from servicekit.errors import NotFound404
from servicekit.ids import new_id
from servicekit.messaging import outbox

from recovery.recoveries import repository as recoveries
from recovery.suppressions import repository
from recovery.suppressions.repository import Suppression

Reason = Literal["unsubscribed", "bounced", "complained", "staff"]


async def suppress(unit: TenantUnit, recipient: bytes, reason: Reason) -> tuple[Suppression, bool]:
    """Stop every recovery of this recipient and refuse all later ones; again changes nothing, nor the reason.

    Returns what stands now, and whether this call made it. A mail that was reserved before this commits may still go
    out; none is reserved after.
    """
    suppression_id = new_id()
    is_new = await repository.add(unit, suppression_id, recipient, reason)
    if is_new:
        await recoveries.stop_of_recipient(unit, recipient, reason)
        await outbox.add(
            unit, RecordedEvent(RecipientSuppressed(reason=reason), unit.company_id, suppression_id, 1, unit.now)
        )
    found = await repository.of_recipient(unit, recipient)
    assert found is not None, "added above, or found there"  # noqa: S101  # narrows for the checker
    return found, is_new


async def get(unit: TenantUnit, suppression_id: UUID) -> Suppression:
    """One suppression. Raises NotFound404."""
    suppression = await repository.get(unit, suppression_id)
    if suppression is None:
        raise NotFound404
    return suppression


async def page(unit: TenantUnit, after: UUID | None, limit: int) -> list[Suppression]:
    """Suppressions, newest first."""
    return await repository.page(unit, after, limit)


async def lift(unit: TenantUnit, suppression_id: UUID) -> None:
    """Let a recipient be written to again, about carts abandoned from now on. Raises NotFound404."""
    if not await repository.remove(unit, suppression_id):
        raise NotFound404
