"""The sessions that open guests' carts: the SHA-256 of each token, never the token (rules.md 7).

A session stays when its cart becomes a customer's, so that a sign-in can be retried; `Selector.by_session` lets it open
nothing by then (rules.md 11).
"""

from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit

MAX_RESTORED = 5
"""How many tokens that restores made open one cart."""

_ADD_RESTORED = f"""
WITH ended AS (
    DELETE FROM cart_sessions WHERE company_id = $2 AND token_hash IN (
        SELECT t.token_hash FROM cart_sessions t JOIN carts c ON c.company_id = t.company_id AND c.id = t.cart_id
        WHERE t.company_id = $2 AND t.cart_id = $3 AND t.created_at > c.created_at
        ORDER BY t.created_at DESC, t.token_hash OFFSET {MAX_RESTORED - 1})
)
INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at) VALUES ($1, $2, $3, $4)
"""


async def add_restored(unit: TenantUnit, cart_id: UUID, session_hash: bytes, now: datetime) -> None:
    """Let a visitor's token open this cart, which the unit has locked; beyond MAX_RESTORED the oldest of them end.

    The tokens that restores made are those that are younger than the cart: the guest's own does not end by them.
    """
    await unit.execute(_ADD_RESTORED, session_hash, unit.company_id, cart_id, now)


async def move(unit: TenantUnit, from_cart: UUID, to_cart: UUID) -> None:
    """Let every token that opened one cart open another instead."""
    await unit.execute(
        "UPDATE cart_sessions SET cart_id = $3 WHERE company_id = $1 AND cart_id = $2",
        unit.company_id,
        from_cart,
        to_cart,
    )
