"""The comparison that the link in a path opens."""

from typing import Annotated

from fastapi import Depends
from servicekit.http.openapi_notes import documents
from servicekit.ids import hash_token
from servicekit.routes.transactions import TenantUnitDep

from cart import errors
from cart.comparisons import repository
from cart.comparisons.domain import Comparison
from cart.lists.dependencies import InvalidLinksDep, LinkToken


@documents(errors.LinkNotFound)
async def shared_comparison(token: LinkToken, unit: TenantUnitDep, invalid: InvalidLinksDep) -> Comparison:
    """The comparison; raises LinkNotFound for a link that opens none, RateLimited429 for who has sent many of those."""
    found = await repository.shared(unit, hash_token(token), unit.now)
    if found is None:
        await invalid.count()
        raise errors.LinkNotFound
    return found


SharedComparison = Annotated[Comparison, Depends(shared_comparison, scope="function")]
