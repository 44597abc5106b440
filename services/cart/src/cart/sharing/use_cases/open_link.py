"""Look at a shared cart."""

from datetime import datetime

from servicekit.db import TenantUnit
from servicekit.ids import hash_token

from cart import errors
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import load
from cart.sharing import repository
from cart.sharing.domain.links import LinkToken, SharedCart


async def open_link(unit: TenantUnit, token: LinkToken, now: datetime) -> SharedCart:
    """What a link shows now; nothing is changed, and looking is not the shopper's activity.

    Raises SharedCartNotFound, for one that never was as for one that has ended.
    """
    shown = await repository.shown_by(unit, hash_token(token.text), now)
    if shown is None:
        raise errors.SharedCartNotFound()
    cart_id, expires_at = shown
    return SharedCart.of((await load(unit, Selector.by_id(cart_id))).cart, expires_at)
