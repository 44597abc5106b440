"""Sign in with a guest's lists: each goes into the customer's, or becomes it (rules.md 11)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from servicekit.db import TenantUnit

from cart.carts.domain.context import ChangeContext
from cart.comparisons import repository as comparisons
from cart.lists import repository
from cart.lists.domain import OwnedList, Owner
from cart.wishlists import repository as wishlists

ListT = TypeVar("ListT", bound=OwnedList[Any])


class Store(Protocol[ListT]):
    """Where lists of one kind are kept."""

    async def find(self, unit: TenantUnit, owner: Owner, /) -> ListT | None:
        """The owner's list."""

    async def save(self, unit: TenantUnit, saved: ListT, /) -> None:
        """Write a list, and publish its change."""

    async def delete(self, unit: TenantUnit, ended: ListT, /) -> None:
        """Delete a list."""


async def merge_lists(
    unit: TenantUnit, session_hash: bytes, customer_id: str, site_id: UUID, context: ChangeContext
) -> None:
    """Put a guest's wishes and comparison on the customer's lists; a retry finds nothing of the guest's.

    To be called with the locks of the carts, in the transaction that merges them: what the token opens from then on is
    nobody's. What has no room is left out, and a link to the guest's list ends, unless the list becomes the customer's.
    """
    await repository.lock_session(unit, session_hash)
    wishes = await wishlists.of_session(unit, session_hash)
    compared = await comparisons.of_session(unit, session_hash)
    if wishes is None and compared is None:
        return
    await repository.lock_customer(unit, customer_id, site_id)
    customer = _Customer(unit, customer_id, site_id, context)
    if wishes is not None:
        await customer.take(wishlists, wishes, lambda theirs, guests: theirs.merge(guests, context))
    if compared is not None:
        site = await repository.site_of_list(unit, site_id)
        most = site.max_compare_items if site is not None else 0
        await customer.take(comparisons, compared, lambda theirs, guests: theirs.merge(guests, most, context))


@dataclass(frozen=True, slots=True)
class _Customer:
    """Who signs in, on one site."""

    unit: TenantUnit
    customer_id: str
    site_id: UUID
    context: ChangeContext

    async def take(self, store: Store[ListT], guests: ListT, unite: Callable[[ListT, ListT], None]) -> None:
        """Unite a guest's list with the customer's, or make it theirs."""
        theirs = await store.find(self.unit, Owner(self.site_id, self.customer_id, None))
        if theirs is None:
            guests.adopt_owner(self.customer_id, self.context)
            await store.save(self.unit, guests)
            return
        unite(theirs, guests)
        await store.save(self.unit, theirs)
        await store.delete(self.unit, guests)
