"""The sessions that open guests' carts: the SHA-256 of each token, never the token (rules.md 7)."""

from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit


async def add(unit: TenantUnit, cart_id: UUID, session_hash: bytes, now: datetime) -> None:
    """Let a session's token open this cart."""
    await unit.execute(
        "INSERT INTO cart_sessions (token_hash, company_id, cart_id, created_at) VALUES ($1, $2, $3, $4)",
        session_hash,
        unit.company_id,
        cart_id,
        now,
    )


async def move(unit: TenantUnit, from_cart: UUID, to_cart: UUID) -> None:
    """Let every token that opened one cart open another instead."""
    await unit.execute(
        "UPDATE cart_sessions SET cart_id = $3 WHERE company_id = $1 AND cart_id = $2",
        unit.company_id,
        from_cart,
        to_cart,
    )
