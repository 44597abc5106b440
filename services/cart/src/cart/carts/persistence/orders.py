"""The orders that carts became, and how each cart looked then."""

from typing import Any
from uuid import UUID

from contracts.cart import CartTotals
from contracts.cart_calls import CartConvertedAnswer
from servicekit.db import TenantUnit

from cart.carts.persistence import statements


async def has_ordered(unit: TenantUnit, customer_id: str) -> bool:
    """Whether the customer has ordered anything of the company before."""
    return bool(await unit.fetchval(statements.HAS_ORDERED, unit.company_id, customer_id))


async def one_at_a_time(unit: TenantUnit, cart_id: UUID) -> None:
    """Wait until no other cart of the same customer is being ordered; kept until the transaction ends."""
    await unit.execute(statements.ONE_ORDER_AT_A_TIME, unit.company_id, cart_id)


async def cart_of(unit: TenantUnit, order_id: str) -> UUID | None:
    """The cart that became this order, if one did, also one that was archived since."""
    found: UUID | None = await unit.fetchval(
        """
        SELECT id FROM carts WHERE company_id = $1 AND order_id = $2
        UNION ALL
        SELECT cart_id FROM cart_archive WHERE company_id = $1 AND order_id = $2 LIMIT 1""",
        unit.company_id,
        order_id,
    )
    return found


async def conversion(unit: TenantUnit, cart_id: UUID) -> CartConvertedAnswer:
    """What an ordered cart was ordered at, and the cart that got what was left over."""
    row = await unit.fetchrow(
        """
        SELECT c.order_id, c.currency, c.item_count, c.subtotal, c.discount_total, c.shipping_total, c.tax_total,
            c.total, (SELECT (a.data->>'remainingCartId')::uuid FROM cart_activity a
                WHERE a.company_id = c.company_id AND a.cart_id = c.id AND a.kind = 'CONVERTED'
                ORDER BY a.id DESC LIMIT 1) AS remaining_cart_id
        FROM carts c WHERE c.company_id = $1 AND c.id = $2 AND c.status = 'CONVERTED'""",
        unit.company_id,
        cart_id,
    )
    if row is None:
        raise LookupError(cart_id)
    return CartConvertedAnswer(
        cart_id=cart_id,
        order_id=row["order_id"],
        currency=row["currency"],
        totals=CartTotals(**{name: row[name] for name in CartTotals.model_fields}),
        remaining_cart_id=row["remaining_cart_id"],
    )


async def keep_order_record(unit: TenantUnit, cart_id: UUID, record: dict[str, Any]) -> None:
    """Keep how the cart looked when it was ordered."""
    await unit.execute(
        "UPDATE carts SET ordered = $3 WHERE company_id = $1 AND id = $2", unit.company_id, cart_id, record
    )


async def order_record(unit: TenantUnit, cart_id: UUID) -> dict[str, Any]:
    """How an ordered cart looked when it was ordered."""
    record: dict[str, Any] = await unit.fetchval(
        "SELECT ordered FROM carts WHERE company_id = $1 AND id = $2", unit.company_id, cart_id
    )
    return record
