"""Writing a hold that is placed or extended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import RecordedEvent
from servicekit.db import TenantUnit
from servicekit.messaging.outbox import encode

from inventory.errors import ShortLine
from inventory.holds.domain import Hold
from inventory.holds.persistence.placing_statement import PLACE
from inventory.stock.domain import Sellable


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
