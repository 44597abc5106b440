"""Share a cart by a link, see which links there are, and end one."""

from datetime import datetime, timedelta
from uuid import UUID

from servicekit.db import TenantUnit
from servicekit.ids import hash_token, new_id, new_token

from cart import errors
from cart.carts.persistence.selectors import Selector
from cart.carts.use_cases.read_cart import load
from cart.sharing import repository
from cart.sharing.domain.links import Link, LinkToken, NewLink


async def share_cart(unit: TenantUnit, selector: Selector, lasting: timedelta, now: datetime) -> NewLink:
    """Make a link that shows the cart for so long; whoever has it sees the cart as it is then.

    Raises CartNotFound, and what a final cart raises.
    """
    cart = (await load(unit, selector)).cart
    cart.require_open(now)
    link = Link(new_id(), now, now + lasting)
    token = LinkToken.of(unit.company_id, new_token())
    await repository.add(unit, cart.id, link, hash_token(token.text))
    await repository.note(unit, cart.id, new_id(), "SHARED", link.id)
    return NewLink(link, token)


async def list_links(unit: TenantUnit, selector: Selector, now: datetime) -> list[Link]:
    """The links that show the shopper's cart, without their tokens; raises CartNotFound."""
    return await repository.of_cart(unit, (await load(unit, selector)).cart.id, now)


async def end_link(unit: TenantUnit, selector: Selector, link_id: UUID) -> None:
    """End a link: it shows nothing from now on. Raises CartNotFound, and SharedCartNotFound for another cart's link."""
    cart = (await load(unit, selector)).cart
    if not await repository.end(unit, cart.id, link_id):
        raise errors.SharedCartNotFound()
    await repository.note(unit, cart.id, new_id(), "SHARING_ENDED", link_id)
