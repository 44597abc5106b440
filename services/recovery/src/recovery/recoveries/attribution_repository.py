"""The statement that credits an order to a recovery."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit.db import TenantUnit

from recovery.recoveries.domain import INFLUENCE, Attribution

_RESTORED = """
    SELECT id, 'recovered' AS attribution, NULL::timestamptz AS clicked_at
    FROM recoveries WHERE company_id = $1 AND abandonment_id = $3
"""
_CLICKED = """
    SELECT recovery.id, 'influenced', max(click.clicked_at)
    FROM recoveries AS recovery
    JOIN recovery_clicks AS click ON click.company_id = $1 AND click.recovery_id = recovery.id
    WHERE recovery.company_id = $1 AND (recovery.cart_id = $2 OR recovery.merged_into_cart_id = $2)
      AND click.clicked_at BETWEEN $6::timestamptz - $7::interval AND $6
    GROUP BY recovery.id
"""
_CREDIT = f"""
    WITH candidate AS ({_RESTORED} UNION ALL {_CLICKED}),
    best AS (
        SELECT id, attribution FROM candidate ORDER BY attribution = 'influenced', clicked_at DESC, id LIMIT 1
    )
    UPDATE recoveries AS recovery
    SET attribution = best.attribution, order_id = $4, revenue = $5, attributed_at = $6,
        version = recovery.version + 1, updated_at = $8
    FROM best
    WHERE recovery.company_id = $1 AND recovery.id = best.id AND recovery.attribution IS NULL
      AND NOT EXISTS (SELECT FROM recoveries AS other WHERE other.company_id = $1 AND other.order_id = $4)
    RETURNING recovery.id AS recovery_id, recovery.version, recovery.site_id, recovery.cart_id,
              recovery.abandonment_id, recovery.attribution
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order from a cart; `restored_abandonment_id` names what a link restored the cart from, if one did."""

    order_id: str
    cart_id: UUID
    restored_abandonment_id: UUID | None
    revenue: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class Success:
    """A recovery that an order was just attributed to, with its new version."""

    recovery_id: UUID
    version: int
    site_id: UUID
    cart_id: UUID
    abandonment_id: UUID
    attribution: Attribution


async def credit(unit: TenantUnit, order: Order) -> Success | None:
    """Credit an order to the recovery that restored the cart, else to the one clicked last; None when neither exists.

    An order is credited once, and a recovery takes one order: called again it changes nothing and returns None.
    """
    row = await unit.fetchrow(
        _CREDIT,
        unit.company_id,
        order.cart_id,
        order.restored_abandonment_id,
        order.order_id,
        order.revenue,
        order.ordered_at,
        INFLUENCE,
        unit.now,
    )
    return Success(**row) if row else None
