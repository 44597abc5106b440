"""Whose lists a request is about: found, and locked for who changes them."""

from collections.abc import Callable
from uuid import UUID

from contracts.value import value
from servicekit.db import TenantUnit

from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.catalogue import repository as catalogue
from cart.catalogue.domain import CatalogueProduct
from cart.catalogue.service import CatalogueReplica
from cart.lists import repository
from cart.lists.domain import ListSite, Owner


def _any_version() -> None:
    """Whatever version the list has."""


@value
class ListRequest:
    """Whose list, by whom and when; `expected_version` reads the version in If-Match, once a change is judged.

    A guest's session says the site; a customer may name one, else it is the company's first (rules.md 36).
    """

    customer_id: str | None
    session_hash: bytes | None
    site_id: UUID | None
    context: ChangeContext
    expected_version: Callable[[], int | None] = _any_version


async def find_owner(unit: TenantUnit, request: ListRequest) -> tuple[Owner, ListSite]:
    """Whose lists they are, and the site; raises CartNotFound for a token that opens no cart, and SiteNotFound."""
    if request.customer_id is None:
        return await _guest(unit, request)
    site = await repository.site_of_customer(unit, request.customer_id, request.site_id)
    if site is None:
        raise errors.SiteNotFound()
    return Owner(site.id, request.customer_id, None), site


async def lock_owner(unit: TenantUnit, request: ListRequest) -> tuple[Owner, ListSite]:
    """The same, kept from being changed by others until the unit ends.

    A guest is locked before it is looked whether the token still opens anything: a sign-in that was under way is over
    by then, so that nothing is put on a list that has become the customer's (rules.md 11).
    """
    if request.session_hash is not None:
        await repository.lock_session(unit, request.session_hash)
        return await _guest(unit, request)
    owner, site = await find_owner(unit, request)
    await repository.lock(unit, owner)
    return owner, site


async def _guest(unit: TenantUnit, request: ListRequest) -> tuple[Owner, ListSite]:
    if request.session_hash is None:
        raise errors.CartNotFound()
    site = await repository.site_of_guest(unit, request.session_hash)
    if site is None:
        raise errors.CartNotFound()
    return Owner(site.id, None, request.session_hash), site


async def known_product(
    unit: TenantUnit, request: ListRequest, replica: CatalogueReplica, product_id: UUID
) -> CatalogueProduct:
    """The product that somebody wants on their list, read before anything is written.

    One that the replica does not have yet is fetched from inventory, once, while the unit is suspended, and for who has
    lists only. Raises ProductNotFound, ServiceUnavailable503, and what `find_owner` does.
    """
    found = await catalogue.products(unit, [product_id])
    if not found:
        await find_owner(unit, request)
        await replica.fetch(unit, product_id)
        found = await catalogue.products(unit, [product_id])
    if product_id not in found:
        raise errors.ProductNotFound()
    return found[product_id]


async def site_of(unit: TenantUnit, owner: Owner) -> ListSite:
    """The site of a list that a link opens."""
    site = await repository.site_of_list(unit, owner.site_id)
    if site is None:
        raise errors.LinkNotFound()
    return site
