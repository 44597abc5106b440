"""Which site a shopper's lists are on, and the lock under which they change."""

from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from cart.lists.domain import ListSite, Owner

_SITE = "s.id, s.portal_url, s.enable_wishlist, s.enable_compare, s.max_compare_items"
_GUESTS = f"""
SELECT {_SITE}, c.currency
FROM cart_sessions t
JOIN carts c ON c.company_id = t.company_id AND c.id = t.cart_id
JOIN sites s ON s.company_id = c.company_id AND s.id = c.site_id
WHERE t.company_id = $1 AND t.token_hash = $2 AND c.customer_id IS NULL AND c.merged_into IS NULL
"""
_CUSTOMERS = f"""
SELECT {_SITE}, coalesce(c.currency, s.currency) AS currency
FROM sites s
LEFT JOIN carts c ON c.company_id = s.company_id AND c.site_id = s.id AND c.customer_id = $2
    AND c.status IN ('ACTIVE', 'ABANDONED')
WHERE s.company_id = $1 AND ($3::uuid IS NULL OR s.id = $3) ORDER BY s.id LIMIT 1
"""
_ANYBODYS = f"SELECT {_SITE}, s.currency FROM sites s WHERE s.company_id = $1 AND s.id = $2"


async def site_of_guest(unit: TenantUnit, session_hash: bytes) -> ListSite | None:
    """The site of the guest's cart that this token opens; None when it opens none, or none any more (rules.md 11)."""
    return _site(await unit.fetchrow(_GUESTS, unit.company_id, session_hash))


async def site_of_customer(unit: TenantUnit, customer_id: str, site_id: UUID | None) -> ListSite | None:
    """The site that a customer names, or the company's first (rules.md 36)."""
    return _site(await unit.fetchrow(_CUSTOMERS, unit.company_id, customer_id, site_id))


async def site_of_list(unit: TenantUnit, site_id: UUID) -> ListSite | None:
    """The site of a list that somebody's link opens."""
    return _site(await unit.fetchrow(_ANYBODYS, unit.company_id, site_id))


async def follow(unit: TenantUnit, earlier: bytes, session_hash: bytes, site_id: UUID) -> None:
    """Let a guest's new session open the lists of an earlier one on the site, whose cart is over and is nobody's."""
    await lock_session(unit, earlier)
    for table in ("wishlists", "product_comparisons"):
        await unit.execute(
            f"""
            UPDATE {table} SET session_hash = $3 WHERE company_id = $1 AND session_hash = $2 AND site_id = $4
                AND EXISTS (
                    SELECT FROM cart_sessions t JOIN carts c ON c.company_id = t.company_id AND c.id = t.cart_id
                    WHERE t.company_id = $1 AND t.token_hash = $2 AND c.customer_id IS NULL AND c.merged_into IS NULL
                        AND c.status IN ('CONVERTED', 'EXPIRED'))""",
            unit.company_id,
            earlier,
            session_hash,
            site_id,
        )


async def lock_session(unit: TenantUnit, session_hash: bytes) -> None:
    """Keep others from changing this guest's lists until the unit ends.

    Whoever takes several takes the cart's lock first, then the session's, then the customer's. A statement that waits
    for a lock goes on seeing what was before, so this is one of its own.
    """
    await _lock(unit, f"lists:{unit.company_id}:{session_hash.hex()}")


async def lock_customer(unit: TenantUnit, customer_id: str, site_id: UUID) -> None:
    """Keep others from changing this customer's lists on the site until the unit ends (`lock_session`)."""
    await _lock(unit, f"lists:{unit.company_id}:{site_id}:{customer_id}")


async def lock(unit: TenantUnit, owner: Owner) -> None:
    """Keep others from changing the lists of this owner until the unit ends."""
    if owner.session_hash is not None:
        await lock_session(unit, owner.session_hash)
    elif owner.customer_id is not None:
        await lock_customer(unit, owner.customer_id, owner.site_id)


async def _lock(unit: TenantUnit, name: str) -> None:
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


def _site(row: asyncpg.Record | None) -> ListSite | None:
    return None if row is None else ListSite(**dict(row))
