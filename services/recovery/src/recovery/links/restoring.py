"""Restoring a cart, an edge of its own: two transactions with the call to cart between them; neither waits for it."""

from contracts.cart_calls import CartRestored
from servicekit.db import Database

from recovery import metrics
from recovery.clients import CartClient
from recovery.links import service
from recovery.links.domain import Claims
from recovery.links.service import Opened


async def restore(database: Database, carts: CartClient, claims: Claims) -> tuple[Opened, CartRestored]:
    """Bring the cart back through a verified link; again has the same effect, with a session token that may be new.

    Raises what cart refuses with (CART_CONVERTED and its like), Unavailable when cart does not answer, and
    RecoveryTokenInvalid400 when the recovery is gone.
    """
    async with database.unit(claims.company_id) as unit:
        opened = await service.open_link(unit, claims)
    recovery = opened.recovery
    restored = await carts.restore(claims.company_id, recovery.cart_id, recovery.abandonment_id)
    async with database.unit(claims.company_id) as unit:
        is_first_click = await service.note_restored(unit, claims)
    metrics.restores.inc()
    if is_first_click:
        metrics.clicks.inc()
    return opened, restored
