"""Every SQL statement on links to carts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from servicekit.db import TenantUnit

from cart.sharing.domain.links import MAX_LINKS, Link

_OF_CART: Final = (
    "company_id = $1 AND (cart_id = $2"
    " OR cart_id IN (SELECT c.id FROM carts c WHERE c.company_id = $1 AND c.merged_into = $2))"
)
"""A guest's links go on showing the guest's cart after the sign-in; they are the customer's to end."""

_ADD: Final = f"""
WITH ended AS (
    DELETE FROM cart_shares WHERE company_id = $1 AND id IN (
        SELECT id FROM cart_shares WHERE company_id = $1 AND cart_id = $2
        ORDER BY expires_at > $5 DESC, id DESC OFFSET {MAX_LINKS - 1})
)
INSERT INTO cart_shares (company_id, id, cart_id, token_hash, created_at, expires_at) VALUES ($1, $3, $2, $4, $5, $6)
"""


async def add(unit: TenantUnit, cart_id: UUID, link: Link, token_hash: bytes) -> None:
    """Let this token show the cart; beyond MAX_LINKS those that have expired end, then the oldest."""
    await unit.execute(_ADD, unit.company_id, cart_id, link.id, token_hash, link.created_at, link.expires_at)


async def of_cart(unit: TenantUnit, cart_id: UUID, now: datetime) -> list[Link]:
    """The links to a cart, and to those merged into it, that have not expired; the newest first."""
    rows = await unit.fetch(
        f"SELECT id, created_at, expires_at FROM cart_shares WHERE {_OF_CART} AND expires_at > $3 ORDER BY id DESC",
        unit.company_id,
        cart_id,
        now,
    )
    return [Link(row["id"], row["created_at"], row["expires_at"]) for row in rows]


async def end(unit: TenantUnit, cart_id: UUID, link_id: UUID) -> bool:
    """End a link of the cart, or of one merged into it; whether there was one."""
    done = await unit.execute(
        f"DELETE FROM cart_shares WHERE {_OF_CART} AND id = $3", unit.company_id, cart_id, link_id
    )
    return done != "DELETE 0"


async def shown_by(unit: TenantUnit, token_hash: bytes, now: datetime) -> tuple[UUID, datetime] | None:
    """The cart that a token shows, and until when; None for one that shows nothing, or does so no more.

    A cart that was ordered or has expired is not shown; a guest's that was merged is, as it was then.
    """
    row = await unit.fetchrow(
        """
        SELECT s.cart_id, s.expires_at FROM cart_shares s
        JOIN carts c ON c.company_id = s.company_id AND c.id = s.cart_id
        WHERE s.company_id = $1 AND s.token_hash = $2 AND s.expires_at > $3
            AND c.status IN ('ACTIVE', 'ABANDONED', 'MERGED')""",
        unit.company_id,
        token_hash,
        now,
    )
    return None if row is None else (row["cart_id"], row["expires_at"])


async def note(unit: TenantUnit, cart_id: UUID, entry: UUID, kind: str, link_id: UUID) -> None:
    """Add an entry to the cart's timeline, at the version that it has: a link is no change of the cart."""
    await unit.execute(
        """
        INSERT INTO cart_activity (id, company_id, cart_id, version, kind, actor, data, at)
        SELECT $3, company_id, id, version, $4, 'shopper', $5, $6 FROM carts WHERE company_id = $1 AND id = $2""",
        unit.company_id,
        cart_id,
        entry,
        kind,
        {"linkId": str(link_id)},
        unit.now,
    )
