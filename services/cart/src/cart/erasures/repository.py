"""Every statement on erasures, and what erases a customer from carts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from servicekit.db import SystemUnit, TenantUnit

from cart.erasures.domain import Erasure, ServiceErasure, Watched

_ERASURE = "id, version, requested_at, watched_until"

_CARTS = """
WITH RECURSIVE theirs AS (
    SELECT id FROM carts WHERE company_id = $1 AND customer_id = $2
    UNION
    SELECT c.id FROM theirs t JOIN carts c ON c.company_id = $1 AND c.merged_into = t.id
)
SELECT id FROM theirs
UNION ALL
SELECT cart_id FROM cart_archive WHERE company_id = $1 AND customer_id = $2 AND archived_at IS NOT NULL
ORDER BY id
"""

_ANONYMISE = """
UPDATE carts SET customer_id = NULL, has_contact = false, codes = '[]', version = version + 1,
    address = NULL, address_rules = NULL, address_until = NULL, saved_count = 0, visitor_id = NULL, terms = NULL,
    bundles = NULL,
    ordered = CASE WHEN ordered IS NULL THEN NULL ELSE ordered || jsonb_build_object(
        'customerId', NULL,
        'address', NULL,
        'items', (SELECT coalesce(jsonb_agg(item || '{"meta": null, "rental": null, "options": {}}'
                                            ORDER BY place), '[]')
                  FROM jsonb_array_elements(ordered->'items') WITH ORDINALITY AS kept (item, place))) END
WHERE company_id = $1 AND id = ANY ($2)
"""


async def find(unit: TenantUnit, hashes: Sequence[bytes]) -> Erasure | None:
    """The erasure of who has one of these hashes, with how far the services are."""
    return await _find(unit, hashes, "")


async def lock(unit: TenantUnit, hashes: Sequence[bytes]) -> Erasure | None:
    """The same, kept from being requested again until the transaction ends."""
    return await _find(unit, hashes, "FOR NO KEY UPDATE")


async def insert(unit: TenantUnit, erasure_id: UUID, customer_hash: bytes) -> None:
    """Make an erasure that requests nothing yet, unless there is one; waits for another that does the same."""
    await unit.execute(
        """
        INSERT INTO erasures (id, company_id, customer_hash, version, requested_at, watched_until)
        VALUES ($1, $2, $3, 0, $4, $4) ON CONFLICT (company_id, customer_hash) DO NOTHING
        """,
        erasure_id,
        unit.company_id,
        customer_hash,
        unit.now,
    )


async def watch(unit: TenantUnit, erasure_id: UUID, sealed: str, until: datetime) -> None:
    """Keep the customer's sealed id until then, from this request on."""
    await unit.execute(
        """
        UPDATE erasures SET customer_sealed = $3, watched_until = $4, requested_at = $5
        WHERE company_id = $1 AND id = $2
        """,
        unit.company_id,
        erasure_id,
        sealed,
        until,
        unit.now,
    )


async def begin(unit: TenantUnit, erasure_id: UUID, versions: range, services: Iterable[str]) -> None:
    """Wait for the answers of all services to requests of these versions."""
    await unit.execute(
        "UPDATE erasures SET version = $3 WHERE company_id = $1 AND id = $2", unit.company_id, erasure_id, versions[-1]
    )
    await unit.execute(
        """
        INSERT INTO erasure_steps (company_id, erasure_id, version, service)
        SELECT $1, $2, v.version, s.service FROM unnest($3::int[]) AS v (version), unnest($4::text[]) AS s (service)
        """,
        unit.company_id,
        erasure_id,
        list(versions),
        list(services),
    )


async def record_answer(unit: TenantUnit, erasure_id: UUID, version: int, service: str) -> None:
    """Note a service's answer to a request; the first one counts."""
    await unit.execute(
        """
        UPDATE erasure_steps SET erased_at = $5
        WHERE company_id = $1 AND erasure_id = $2 AND version = $3 AND service = $4 AND erased_at IS NULL
        """,
        unit.company_id,
        erasure_id,
        version,
        service,
        unit.now,
    )


async def watched(unit: SystemUnit, after: UUID | None, limit: int) -> list[Watched]:
    """Erasures that are watched, in the order of their ids, after one of them; also those whose time has passed."""
    rows = await unit.fetch(
        """
        SELECT id, company_id, customer_sealed, watched_until <= $1 AND NOT EXISTS (
            SELECT FROM erasure_steps s
            WHERE s.company_id = e.company_id AND s.erasure_id = e.id AND s.erased_at IS NULL)
        FROM erasures e WHERE customer_sealed IS NOT NULL AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        unit.now,
        after,
        limit,
    )
    return [Watched(*row) for row in rows]


async def end_watch(unit: SystemUnit, erasure_ids: Sequence[UUID]) -> None:
    """Give up the ids of customers who are not watched any more."""
    await unit.execute("UPDATE erasures SET customer_sealed = NULL WHERE id = ANY ($1)", erasure_ids)


async def with_anything(unit: SystemUnit, customers: Sequence[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    """Which of these customers, each of a company, have a cart, also an archived one, a list, or an answer under an
    idempotency key."""
    rows = await unit.fetch(
        """
        SELECT w.company_id, w.customer_id FROM unnest($1::uuid[], $2::text[]) AS w (company_id, customer_id)
        WHERE EXISTS (SELECT FROM carts c WHERE c.company_id = w.company_id AND c.customer_id = w.customer_id)
            OR EXISTS (SELECT FROM wishlists l WHERE l.company_id = w.company_id AND l.customer_id = w.customer_id)
            OR EXISTS (SELECT FROM product_comparisons p
                WHERE p.company_id = w.company_id AND p.customer_id = w.customer_id)
            OR EXISTS (SELECT FROM cart_archive a WHERE a.company_id = w.company_id AND a.customer_id = w.customer_id)
            OR EXISTS (SELECT FROM idempotency_keys k
                WHERE k.company_id = w.company_id AND k.identity = 'customer:' || w.customer_id)
        """,
        [company_id for company_id, _ in customers],
        [customer_id for _, customer_id in customers],
    )
    return [(row["company_id"], row["customer_id"]) for row in rows]


async def delete_lists(unit: TenantUnit, customer_id: str) -> None:
    """Delete the customer's wishlists and comparisons with all that is on them.

    What they had as a guest went there when they signed in, or goes with the session of the cart.
    """
    for table in ("wishlists", "product_comparisons"):
        await unit.execute(
            f"DELETE FROM {table} WHERE company_id = $1 AND customer_id = $2", unit.company_id, customer_id
        )


async def carts_of(unit: TenantUnit, customer_id: str) -> list[UUID]:
    """The customer's carts, and those that went into them at sign-in, in the order of their ids."""
    return [row["id"] for row in await unit.fetch(_CARTS, unit.company_id, customer_id)]


async def anonymise(unit: TenantUnit, cart_ids: Sequence[UUID]) -> None:
    """Take from final carts who they were of and what they wrote; amounts, quantities and the order's id stay.

    Their tokens end, their lines go, and what waits to be published, or has been, names nobody.
    """
    args = unit.company_id, cart_ids
    await unit.execute(_ANONYMISE, *args)
    await unit.execute("DELETE FROM cart_shares WHERE company_id = $1 AND cart_id = ANY ($2)", *args)
    await unit.execute("DELETE FROM cart_sessions WHERE company_id = $1 AND cart_id = ANY ($2)", *args)
    await unit.execute("DELETE FROM cart_items WHERE company_id = $1 AND cart_id = ANY ($2)", *args)
    await unit.execute("DELETE FROM saved_cart_items WHERE company_id = $1 AND cart_id = ANY ($2)", *args)
    of_carts = "company_id = $1 AND aggregate_type = 'cart' AND aggregate_id = ANY ($2)"
    await unit.execute(f"DELETE FROM outbox WHERE {of_carts} AND type LIKE 'cart.contact_set.%'", *args)
    await unit.execute(f"UPDATE outbox SET data = data - 'customerId' WHERE {of_carts} AND data ? 'customerId'", *args)


async def _find(unit: TenantUnit, hashes: Sequence[bytes], lock_clause: str) -> Erasure | None:
    row = await unit.fetchrow(
        f"SELECT {_ERASURE} FROM erasures WHERE company_id = $1 AND customer_hash = ANY ($2)"
        f" ORDER BY requested_at DESC LIMIT 1 {lock_clause}",
        unit.company_id,
        list(hashes),
    )
    return None if row is None else await _with_services(unit, row)


async def _with_services(unit: TenantUnit, row: asyncpg.Record) -> Erasure:
    steps = await unit.fetch(
        """
        SELECT service, CASE WHEN bool_and(erased_at IS NOT NULL) THEN max(erased_at) END AS erased_at
        FROM erasure_steps WHERE company_id = $1 AND erasure_id = $2 GROUP BY service ORDER BY service
        """,
        unit.company_id,
        row["id"],
    )
    services = tuple(ServiceErasure(step["service"], step["erased_at"]) for step in steps)
    return Erasure(row["id"], row["version"], row["requested_at"], row["watched_until"], services)
