"""When carts are looked at for abandonment and expiry (rules.md 13)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from servicekit.db import SystemUnit, TenantUnit

from cart.carts.domain.cart import Cart

FOR_ABANDONMENT: Final = (
    "SELECT company_id, id FROM carts WHERE status = 'ACTIVE' AND check_at <= $1 AND hold_change IS NULL"
    " ORDER BY check_at LIMIT $2"
)
FOR_EXPIRY: Final = (
    "SELECT company_id, id FROM carts WHERE status IN ('ACTIVE', 'ABANDONED') AND expiry_check_at <= $1"
    " AND hold_change IS NULL ORDER BY expiry_check_at LIMIT $2"
)


async def due(unit: SystemUnit, timer_sql: str, now: datetime, limit: int) -> dict[UUID, list[UUID]]:
    """The ids of due carts by company."""
    found: dict[UUID, list[UUID]] = {}
    for row in await unit.fetch(timer_sql, now, limit):
        found.setdefault(row["company_id"], []).append(row["id"])
    return found


async def check_overlooked(unit: SystemUnit, *, dry_run: bool) -> int:
    """Let ACTIVE carts that have lines and no moment to be looked at be looked at now; how many there are.

    An older version of the service, beside this one or after a rollback, puts the first line into a cart and leaves the
    moment as it was: absent.
    """
    overlooked = "status = 'ACTIVE' AND check_at IS NULL AND item_count > 0"
    if dry_run:
        return int(await unit.fetchval(f"SELECT count(*) FROM carts WHERE {overlooked}"))
    tag = await unit.execute(
        "UPDATE carts SET check_at = last_activity_at WHERE (company_id, id) IN"
        f" (SELECT company_id, id FROM carts WHERE {overlooked} FOR UPDATE SKIP LOCKED)"
    )
    return int(tag.removeprefix("UPDATE "))


async def last_traces(unit: TenantUnit, cart_ids: list[UUID]) -> dict[UUID, str]:
    """The traceparent of each cart's newest event, as long as the outbox keeps it."""
    rows = await unit.fetch(
        """
        SELECT DISTINCT ON (aggregate_id) aggregate_id, traceparent FROM outbox
        WHERE aggregate_type = 'cart' AND company_id = $1 AND aggregate_id = ANY($2::uuid[])
            AND traceparent IS NOT NULL
        ORDER BY aggregate_id, aggregate_version DESC""",
        unit.company_id,
        cart_ids,
    )
    return {row["aggregate_id"]: row["traceparent"] for row in rows}


async def postpone(unit: TenantUnit, cart_id: UUID, until: datetime) -> None:
    """Look at a cart again only then, whatever is in it."""
    await unit.execute(
        "UPDATE carts SET check_at = greatest(check_at, $3), expiry_check_at = greatest(expiry_check_at, $3)"
        " WHERE company_id = $1 AND id = $2",
        unit.company_id,
        cart_id,
        until,
    )


async def push_checks(unit: TenantUnit, carts: list[Cart]) -> None:
    """Write when each cart is to be looked at next; not a change of the cart."""
    await unit.execute(
        """
        UPDATE carts c SET check_at = n.check_at, expiry_check_at = n.expiry_check_at
        FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS n (id, check_at, expiry_check_at)
        WHERE c.company_id = $1 AND c.id = n.id""",
        unit.company_id,
        [cart.id for cart in carts],
        [cart.check_at for cart in carts],
        [cart.expiry_check_at for cart in carts],
    )
