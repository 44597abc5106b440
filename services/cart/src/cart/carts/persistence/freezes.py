"""The freeze of a cart, as its row keeps it."""

from servicekit.db import TenantUnit

from cart.carts.domain.pricing import PricedCart
from cart.carts.persistence.rows import stored_freeze


async def keep(unit: TenantUnit, priced: PricedCart) -> None:
    """Write whether the cart is frozen, with the rules that price it; to be called under the cart's lock."""
    cart = priced.cart
    stored = None if cart.frozen is None else stored_freeze(cart.frozen, priced.rules.rule_set)
    await unit.execute(
        "UPDATE carts SET frozen = $3 WHERE company_id = $1 AND id = $2", unit.company_id, cart.id, stored
    )
