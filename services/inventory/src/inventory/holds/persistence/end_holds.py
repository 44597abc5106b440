"""Ending holds: each ends once, whoever comes first."""

from collections.abc import Sequence
from uuid import UUID

from contracts.inventory import HoldStatus
from servicekit.db import TenantUnit

from inventory.holds.domain import Hold
from inventory.holds.persistence.rows import COLUMNS, with_stock

_ENDED = "version = version + 1, settled_at = now()"


async def release(unit: TenantUnit, cart_id: UUID, reason: str) -> list[Hold]:
    """End the cart's ACTIVE hold, due or not, as RELEASED."""
    return await _end(unit, "RELEASED", "h.cart_id = $3", cart_id, reason=reason)


async def release_some(unit: TenantUnit, limit: int, reason: str) -> list[Hold]:
    """End up to `limit` of the company's ACTIVE holds as RELEASED, passing over locked ones."""
    return await _end(
        unit,
        "RELEASED",
        "h.id IN (SELECT d.id FROM inventory_holds d WHERE d.company_id = $1 AND d.state = 'ACTIVE'"
        " ORDER BY d.expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)",
        limit,
        reason=reason,
    )


async def commit(unit: TenantUnit, cart_id: UUID, order_id: str) -> Hold | None:
    """End the cart's hold as COMMITTED if it is ACTIVE and not past its time (rules.md 17); None when it is not."""
    ended = await _end(unit, "COMMITTED", "h.cart_id = $3 AND h.expires_at > now()", cart_id, order_id=order_id)
    return ended[0] if ended else None


async def expire_of_cart(unit: TenantUnit, cart_id: UUID) -> list[Hold]:
    """End the cart's hold as EXPIRED if it is ACTIVE and past its time."""
    return await _end(unit, "EXPIRED", "h.cart_id = $3 AND h.expires_at <= now()", cart_id)


async def expire_of_variants(unit: TenantUnit, variant_ids: Sequence[UUID]) -> list[Hold]:
    """End every hold past its time that has one of these variants; waits for holds that somebody else is ending."""
    return await _end(
        unit,
        "EXPIRED",
        "h.id IN (SELECT d.id FROM inventory_holds d WHERE d.company_id = $1 AND d.state = 'ACTIVE'"
        " AND d.expires_at <= now() AND EXISTS (SELECT FROM hold_lines l WHERE l.company_id = $1 AND l.hold_id = d.id"
        " AND l.variant_id = ANY ($3::uuid[])) ORDER BY d.id FOR UPDATE)",
        list(variant_ids),
    )


async def expire_some(unit: TenantUnit, limit: int) -> list[Hold]:
    """End up to `limit` of the company's holds past their time, the oldest first, passing over locked ones."""
    return await _end(
        unit,
        "EXPIRED",
        "h.id IN (SELECT d.id FROM inventory_holds d WHERE d.company_id = $1 AND d.state = 'ACTIVE'"
        " AND d.expires_at <= now() ORDER BY d.expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)",
        limit,
    )


async def revert(unit: TenantUnit, cart_id: UUID, order_id: str, reason: str) -> list[Hold]:
    """Make the hold that was committed to this order RELEASED: the only way out of COMMITTED."""
    rows = await unit.fetch(
        f"UPDATE inventory_holds h SET state = 'RELEASED', reason = $4, {_ENDED}"
        f" WHERE h.company_id = $1 AND h.cart_id = $2 AND h.state = 'COMMITTED' AND h.order_id = $3"
        f" RETURNING {COLUMNS}",
        unit.company_id,
        cart_id,
        order_id,
        reason,
    )
    return await with_stock(unit, rows)


async def _end(
    unit: TenantUnit,
    state: HoldStatus,
    which: str,
    argument: object,
    *,
    reason: str | None = None,
    order_id: str | None = None,
) -> list[Hold]:
    """The compare-and-set that ends holds, for every way to end; `which` narrows the ACTIVE ones, $3 its argument."""
    rows = await unit.fetch(
        f"UPDATE inventory_holds h SET state = $2, reason = $4, order_id = $5, {_ENDED}"
        f" WHERE h.company_id = $1 AND h.state = 'ACTIVE' AND {which} RETURNING {COLUMNS}",
        unit.company_id,
        state,
        argument,
        reason,
        order_id,
    )
    return await with_stock(unit, rows)
