"""The fence of a cart's hold: the highest number that a call about it had, so that a late one changes nothing."""

from uuid import UUID

from servicekit.db import TenantUnit

from inventory.errors import FencePassed


async def pass_fence(unit: TenantUnit, cart_id: UUID, fence: int | None) -> None:
    """Keep the number and lock it until the unit ends; raises FencePassed when a higher one was kept.

    The same number passes again: it is a repeated call. A call without a number passes always, and keeps none.
    """
    if fence is None:
        return
    passed = await unit.fetchval(
        "INSERT INTO hold_fences AS f (company_id, cart_id, fence) VALUES ($1, $2, $3)"
        " ON CONFLICT (company_id, cart_id) DO UPDATE SET fence = excluded.fence, moved_at = now()"
        " WHERE f.fence <= excluded.fence RETURNING true",
        unit.company_id,
        cart_id,
        fence,
    )
    if not passed:
        raise FencePassed
