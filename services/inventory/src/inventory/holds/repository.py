"""Every statement about holds. What ends a hold is a compare-and-set on its state, so each hold ends once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from contracts.envelope import RecordedEvent
from contracts.inventory import HoldStatus
from servicekit.db import SystemUnit, TenantUnit
from servicekit.messaging.outbox import encode

from inventory.errors import ShortLine
from inventory.holds.domain import HeldStock, Hold
from inventory.holds.placing_statements import PLACE
from inventory.stock.domain import Sellable

_COLUMNS = (
    "h.id, h.company_id, h.cart_id, h.site_id, h.owner, h.state, h.version, h.expires_at, h.created_at, h.order_id"
)
_ENDED = "version = version + 1, settled_at = now()"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the placing statement did: placed, refused for `short`, or neither, when another call placed meanwhile."""

    placed: bool
    short: tuple[ShortLine, ...]


async def lock_owner(unit: TenantUnit, owner: str) -> None:
    """Let one owner's placements run one after the other, so that their limit is exact."""
    await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"hold-owner:{unit.company_id}:{owner}")


async def moment_and_others(unit: TenantUnit, owner: str, cart_id: UUID) -> tuple[datetime, int]:
    """The database's time, which decides about holds, and how many open ones this owner has for other carts."""
    row = await unit.fetchrow(
        "SELECT now() AS now, count(*) AS others FROM inventory_holds"
        " WHERE company_id = $1 AND owner = $2 AND state = 'ACTIVE' AND expires_at > now() AND cart_id <> $3",
        unit.company_id,
        owner,
        cart_id,
    )
    assert row is not None  # noqa: S101  # an aggregate always has a row
    return row["now"], row["others"]


async def active(unit: TenantUnit, cart_id: UUID) -> Hold | None:
    """The cart's ACTIVE hold, due or not, locked until the transaction ends."""
    row = await unit.fetchrow(
        f"SELECT {_COLUMNS} FROM inventory_holds h WHERE h.company_id = $1 AND h.cart_id = $2 AND h.state = 'ACTIVE'"
        " FOR UPDATE",
        unit.company_id,
        cart_id,
    )
    return (await _with_stock(unit, [row]))[0] if row else None


async def latest(unit: TenantUnit, cart_id: UUID) -> tuple[Hold | None, datetime]:
    """The cart's open hold, else the one it had last, and the database's time."""
    row = await unit.fetchrow(
        f"SELECT {_COLUMNS}, now() AS now FROM inventory_holds h WHERE h.company_id = $1 AND h.cart_id = $2"
        " ORDER BY h.state = 'ACTIVE' DESC, h.id DESC LIMIT 1",
        unit.company_id,
        cart_id,
    )
    if row is None:
        return None, unit.now
    return (await _with_stock(unit, [row]))[0], row["now"]


async def place(
    unit: TenantUnit,
    hold: Hold,
    *,
    replaces: Hold | None,
    wanted: Sequence[tuple[Sellable, int]],
    events: Sequence[RecordedEvent[Any]],
) -> Outcome:
    """Take the stock of `hold` and write it with its events, in one statement; change nothing when any line is short.

    `replaces` is the cart's open hold, locked by `active`; its quantities count as free.
    """
    counted = {variant.variant_id for variant, _ in wanted if variant.tracked}
    given_back = {line.variant_id for line in replaces.stock if line.warehouse_id} if replaces else set()
    row = await unit.fetchrow(
        PLACE,
        unit.company_id,
        hold.id,
        replaces.id if replaces else None,
        hold.cart_id,
        hold.site_id,
        hold.owner,
        hold.expires_at,
        hold.created_at,
        [variant.variant_id for variant, _ in wanted],
        [variant.sku for variant, _ in wanted],
        [quantity for _, quantity in wanted],
        [variant.active for variant, _ in wanted],
        [variant.tracked for variant, _ in wanted],
        [variant.backorderable for variant, _ in wanted],
        sorted(counted | given_back),
        *encode(events).args,
    )
    assert row is not None  # noqa: S101  # a select without FROM always has a row
    short = tuple(ShortLine(sku, requested, available) for sku, requested, available in row["short"])
    return Outcome(row["hold_id"] is not None, short)


async def set_expiry(unit: TenantUnit, hold_id: UUID, expires_at: datetime) -> None:
    """Move the end of a hold that `active` has locked."""
    await unit.execute(
        "UPDATE inventory_holds SET expires_at = $3, version = version + 1 WHERE company_id = $1 AND id = $2",
        unit.company_id,
        hold_id,
        expires_at,
    )


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
        f" WHERE h.company_id = $1 AND h.state = 'ACTIVE' AND {which} RETURNING {_COLUMNS}",
        unit.company_id,
        state,
        argument,
        reason,
        order_id,
    )
    return await _with_stock(unit, rows)


async def any_due(unit: TenantUnit, variant_ids: Sequence[UUID]) -> bool:
    """Whether a hold past its time still has stock of one of these variants."""
    found: bool = await unit.fetchval(
        "SELECT EXISTS (SELECT FROM inventory_holds h JOIN hold_lines l ON l.company_id = $1 AND l.hold_id = h.id"
        " WHERE h.company_id = $1 AND h.state = 'ACTIVE' AND h.expires_at <= now()"
        " AND l.variant_id = ANY ($2::uuid[]))",
        unit.company_id,
        variant_ids,
    )
    return found


async def companies_with_due(unit: SystemUnit, limit: int) -> list[tuple[UUID, int]]:
    """Companies that have holds past their time, and how many: for the sweeper, in a system unit."""
    rows = await unit.fetch(
        "SELECT company_id, count(*) AS holds FROM inventory_holds WHERE state = 'ACTIVE' AND expires_at <= now()"
        " GROUP BY company_id LIMIT $1",
        limit,
    )
    return [(row["company_id"], row["holds"]) for row in rows]


async def companies_with_open(unit: SystemUnit) -> list[tuple[UUID, int]]:
    """Companies that have ACTIVE holds, and how many, in a system unit."""
    rows = await unit.fetch(
        "SELECT company_id, count(*) AS holds FROM inventory_holds WHERE state = 'ACTIVE' GROUP BY company_id"
    )
    return [(row["company_id"], row["holds"]) for row in rows]


async def open_page(unit: TenantUnit, *, after: UUID | None, limit: int) -> list[Hold]:
    """The company's ACTIVE holds in the order of their ids."""
    rows = await unit.fetch(
        f"SELECT {_COLUMNS} FROM inventory_holds h WHERE h.company_id = $1 AND h.state = 'ACTIVE'"
        " AND ($2::uuid IS NULL OR h.id > $2) ORDER BY h.id LIMIT $3",
        unit.company_id,
        after,
        limit,
    )
    return await _with_stock(unit, rows)


async def _with_stock(unit: TenantUnit, rows: Sequence[asyncpg.Record]) -> list[Hold]:
    """Holds with their lines, read by a statement of their own: after the holds were locked, not before."""
    if not rows:
        return []
    lines = await unit.fetch(
        "SELECT hold_id, variant_id, warehouse_id, sku, quantity FROM hold_lines"
        " WHERE company_id = $1 AND hold_id = ANY ($2::uuid[]) ORDER BY variant_id, warehouse_id",
        unit.company_id,
        [row["id"] for row in rows],
    )
    stock: dict[UUID, list[HeldStock]] = {row["id"]: [] for row in rows}
    for line in lines:
        held = HeldStock(line["variant_id"], line["warehouse_id"], line["sku"], line["quantity"])
        stock[line["hold_id"]].append(held)
    return [_hold(row, tuple(stock[row["id"]])) for row in rows]


def _hold(row: asyncpg.Record, stock: tuple[HeldStock, ...]) -> Hold:
    return Hold(
        id=row["id"],
        company_id=row["company_id"],
        cart_id=row["cart_id"],
        site_id=row["site_id"],
        owner=row["owner"],
        state=row["state"],
        version=row["version"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
        order_id=row["order_id"],
        stock=stock,
    )
