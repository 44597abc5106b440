"""The list that the link in a path opens."""

from typing import Annotated

from fastapi import Depends
from servicekit.http.openapi_notes import documents
from servicekit.ids import hash_token
from servicekit.routes.transactions import TenantUnitDep

from cart import errors
from cart.lists.dependencies import InvalidLinksDep, LinkToken
from cart.wishlists import repository
from cart.wishlists.domain import Wishlist


@documents(errors.LinkNotFound)
async def shared_wishlist(token: LinkToken, unit: TenantUnitDep, invalid: InvalidLinksDep) -> Wishlist:
    """The list; raises LinkNotFound for a link that opens none, and RateLimited429 for who has sent many of those."""
    found = await repository.shared(unit, hash_token(token), unit.now)
    if found is None:
        await invalid.count()
        raise errors.LinkNotFound
    return found


SharedWishlist = Annotated[Wishlist, Depends(shared_wishlist, scope="function")]
