"""Every SQL statement of the archive.

A cart is reserved for an object before that is written, and deleted in the transaction that says where it is. Each
object is finished as a whole: what of it could not be archived is not reserved any more, so nothing writes it again.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from servicekit.db import TenantUnit

from cart.archive.domain import ArchivedCart, Place, Reserved, Written
from cart.carts.persistence.cleanup import Window

_RESERVE = """
INSERT INTO cart_archive (company_id, cart_id, customer_id, order_id, converted_at, object_key, personal_key)
SELECT c.company_id, c.id, c.customer_id, c.order_id, c.converted_at, $2, k.personal_key
FROM unnest($3::uuid[], $4::bytea[]) AS k (id, personal_key)
JOIN carts c ON c.company_id = $1 AND c.id = k.id AND c.status = 'CONVERTED'
ORDER BY c.id
ON CONFLICT (company_id, cart_id) DO NOTHING
"""

_RESERVED = """
SELECT c.company_id, c.id AS cart_id, c.site_id, c.order_id, c.currency, c.version, c.created_at, c.converted_at,
    c.item_count, c.subtotal, c.discount_total, c.shipping_total, c.tax_total, c.total, a.personal_key,
    c.ordered || jsonb_build_object('hold', CASE WHEN h.status IS NOT NULL
        THEN jsonb_build_object('status', h.status, 'expiresAt', h.expires_at) END) AS record,
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'version', t.version, 'kind', t.kind, 'actor', t.actor,
            'data', t.data, 'at', t.at) ORDER BY t.id)
        FROM cart_activity t WHERE t.company_id = c.company_id AND t.cart_id = c.id), '[]') AS timeline
FROM cart_archive a
JOIN carts c ON c.company_id = a.company_id AND c.id = a.cart_id
LEFT JOIN cart_holds h ON h.company_id = c.company_id AND h.cart_id = c.id
WHERE a.company_id = $1 AND a.object_key = $2 AND a.archived_at IS NULL
ORDER BY c.id
"""

_ARCHIVE = """
WITH written AS (
    SELECT * FROM unnest($3::uuid[], $4::int[], $5::bytea[]) AS w (cart_id, version, checksum)
), unchanged AS MATERIALIZED (
    SELECT c.id FROM carts c JOIN written w ON w.cart_id = c.id
    WHERE c.company_id = $1 AND c.version = w.version AND c.status = 'CONVERTED' AND c.hold_change IS NULL
    ORDER BY c.id FOR UPDATE OF c SKIP LOCKED
), archived AS (
    UPDATE cart_archive a SET checksum = w.checksum, archived_at = $6
    FROM unchanged u JOIN written w ON w.cart_id = u.id
    WHERE a.company_id = $1 AND a.cart_id = u.id AND a.object_key = $2 AND a.archived_at IS NULL
    RETURNING a.cart_id
), activity AS (
    DELETE FROM cart_activity t USING archived WHERE t.company_id = $1 AND t.cart_id = archived.cart_id
)
DELETE FROM carts c USING archived WHERE c.company_id = $1 AND c.id = archived.cart_id RETURNING 1
"""


async def read_window(unit: TenantUnit, before: datetime, after: UUID, limit: int) -> Window:
    """Read up to `limit` ordered carts past the id `after` that no object has; old are those ordered by `before`.

    A cart without a record of its order, or whose hold is being changed, stays.
    """
    rows = await unit.fetch(
        """
        SELECT c.id, c.created_at, c.converted_at <= $2 AND c.ordered IS NOT NULL AND c.hold_change IS NULL AS is_old
        FROM carts c
        WHERE c.company_id = $1 AND c.status = 'CONVERTED' AND c.id > $3
            AND NOT EXISTS (SELECT FROM cart_archive a WHERE a.company_id = c.company_id AND a.cart_id = c.id)
        ORDER BY c.id LIMIT $4
        """,
        unit.company_id,
        before,
        after,
        limit,
    )
    return Window(
        old=[row["id"] for row in rows if row["is_old"]],
        last=rows[-1]["id"] if rows else None,
        is_last=len(rows) < limit or rows[-1]["created_at"] > before,
    )


async def reserve(unit: TenantUnit, object_key: str, cart_ids: Sequence[UUID], keys: Sequence[bytes]) -> None:
    """Reserve carts for an object, each with the key for what it says of a person; those reserved before stay so."""
    await unit.execute(_RESERVE, unit.company_id, object_key, list(cart_ids), list(keys))


async def unfinished_object(unit: TenantUnit) -> str | None:
    """The first object for which carts are reserved, and which was not finished."""
    key: str | None = await unit.fetchval(
        "SELECT object_key FROM cart_archive WHERE company_id = $1 AND archived_at IS NULL ORDER BY object_key LIMIT 1",
        unit.company_id,
    )
    return key


async def reserved(unit: TenantUnit, object_key: str) -> list[Reserved]:
    """The carts that are reserved for an object, in the order of their ids."""
    return [_reserved(row) for row in await unit.fetch(_RESERVED, unit.company_id, object_key)]


async def finish(unit: TenantUnit, object_key: str, written: Sequence[Written]) -> int:
    """Say where these carts are and delete them here, with lines, sessions, holds and activity; how many.

    One that has changed since it was read, or that somebody is changing, stays and is not reserved any more.
    """
    rows = await unit.fetch(
        _ARCHIVE,
        unit.company_id,
        object_key,
        [one.cart_id for one in written],
        [one.version for one in written],
        [one.checksum for one in written],
        unit.now,
    )
    await unit.execute(
        "DELETE FROM cart_archive WHERE company_id = $1 AND object_key = $2 AND archived_at IS NULL",
        unit.company_id,
        object_key,
    )
    return len(rows)


async def place_of(unit: TenantUnit, cart_id: UUID) -> Place | None:
    """Where an archived cart is, or None."""
    row = await unit.fetchrow(
        """
        SELECT company_id, cart_id, object_key, personal_key, checksum FROM cart_archive
        WHERE company_id = $1 AND cart_id = $2 AND archived_at IS NOT NULL
        """,
        unit.company_id,
        cart_id,
    )
    return None if row is None else Place(*row)


async def forget_person(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Take away who archived carts were of, and the keys to what they say of them: nobody can read it any more.

    Carts that are only reserved are not any more: what an object may have of them was sealed with a key that is gone.
    """
    of_carts = "company_id = $1 AND cart_id = ANY ($2)"
    args = unit.company_id, cart_ids
    await unit.execute(f"DELETE FROM cart_archive WHERE {of_carts} AND archived_at IS NULL", *args)
    await unit.execute(f"UPDATE cart_archive SET customer_id = NULL, personal_key = NULL WHERE {of_carts}", *args)


def _reserved(row: asyncpg.Record) -> Reserved:
    columns = dict(row)
    key: bytes = columns.pop("personal_key")
    return Reserved(ArchivedCart(**columns), key)
