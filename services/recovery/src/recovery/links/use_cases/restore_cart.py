"""Restoring a cart: two transactions with the call to cart between them; neither is open while cart works."""

from contracts.cart_calls import CartRestored
from servicekit.db import Database

from recovery import metrics
from recovery.clients import CartClient
from recovery.links.domain.links import OpenedLink
from recovery.links.domain.tokens import LinkPayload
from recovery.links.use_cases.count_click import count_click
from recovery.links.use_cases.open_link import open_link
from recovery.recoveries import repository as recoveries


async def restore_cart(database: Database, carts: CartClient, payload: LinkPayload) -> tuple[OpenedLink, CartRestored]:
    """Bring the cart back through a verified link; again has the same effect, with a session token that may be new.

    Raises what cart refuses with (CART_CONVERTED and its like), Unavailable when cart does not answer, and
    RecoveryTokenInvalid400 when the recovery is gone.
    """
    async with database.unit(payload.company_id) as unit:
        opened = await open_link(unit, payload)
    recovery = opened.recovery
    restored = await carts.restore(payload.company_id, recovery.cart_id, recovery.abandonment_id)
    async with database.unit(payload.company_id) as unit:
        is_first_click = await count_click(unit, payload)
        await recoveries.mark_restored(unit, recovery.id)
    metrics.restores.inc()
    if is_first_click:
        metrics.clicks.inc()
    return opened, restored
