"""Every statement on `promotion_usages`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import new_id

from pricing.usages.domain import Usage


async def record(
    unit: TenantUnit, amounts: Mapping[UUID, int], *, cart_id: UUID, order_id: str, currency: str, at: datetime
) -> list[Usage]:
    """Record what a cart used and return what is new: a promotion counts once per cart, an unknown one not at all."""
    records = await unit.fetch(
        """INSERT INTO promotion_usages (company_id, id, promotion_id, cart_id, order_id, currency, amount, redeemed_at)
           SELECT $1, used.id, used.promotion_id, $2, $3, $4, used.amount, $5
             FROM unnest($6::uuid[], $7::uuid[], $8::bigint[]) AS used (id, promotion_id, amount)
             JOIN promotions ON promotions.company_id = $1 AND promotions.id = used.promotion_id
           ON CONFLICT ON CONSTRAINT promotion_usages_once DO NOTHING
           RETURNING id, promotion_id, amount""",
        unit.company_id,
        cart_id,
        order_id,
        currency,
        at,
        [new_id() for _ in amounts],
        list(amounts),
        list(amounts.values()),
    )
    return [Usage(record["id"], record["promotion_id"], record["amount"]) for record in records]
