"""What is done with bundles. Every change raises a bundle's version and publishes BundleChanged."""

from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import BundleChanged
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from inventory.bundles import domain, repository
from inventory.bundles.domain import Bundle, BundleFields
from inventory.catalogue import repository as catalogue
from inventory.errors import BundleNotFound, KeyTaken, ProductNotFound


async def create_bundle(unit: TenantUnit, bundle: Bundle) -> Bundle:
    """Make a bundle; raises KeyTaken for a slug or id in use, and ProductNotFound for a variant that is not there."""
    await catalogue.lock_catalogue(unit)
    await _require_variants(unit, bundle)
    if await repository.has_slug(unit, bundle.slug):
        raise KeyTaken(field="slug")
    if not await repository.insert(unit, bundle):
        raise KeyTaken(field="id")
    await outbox.add(unit, domain.bundle_changed(unit.company_id, bundle, unit.now))
    return bundle


async def change_bundle(unit: TenantUnit, bundle_id: UUID, fields: BundleFields) -> Bundle:
    """Set these fields of a bundle; raises BundleNotFound, KeyTaken for a slug in use, and ProductNotFound.

    Setting what already is changes nothing and publishes nothing.
    """
    await catalogue.lock_catalogue(unit)
    before = await read_bundle(unit, bundle_id)
    after = domain.changed_bundle(before, fields)
    if after is before:
        return before
    await _require_variants(unit, after)
    if after.slug != before.slug and await repository.has_slug(unit, after.slug):
        raise KeyTaken(field="slug")
    await repository.update(unit, after)
    await outbox.add(unit, domain.bundle_changed(unit.company_id, after, unit.now))
    return after


async def delete_bundle(unit: TenantUnit, bundle_id: UUID) -> Bundle:
    """Take a bundle off sale and out of every list; raises BundleNotFound. Idempotent; it stays for carts' sake."""
    return await change_bundle(unit, bundle_id, {"active": False, "deleted_at": unit.now})


async def read_bundle(unit: TenantUnit, bundle_id: UUID) -> Bundle:
    """A bundle, deleted or not; raises BundleNotFound."""
    found = await repository.find(unit, bundle_id)
    if found is None:
        raise BundleNotFound
    return found


async def current_events(unit: TenantUnit, after: UUID | None, limit: int) -> list[RecordedEvent[BundleChanged]]:
    """BundleChanged for the bundles as they are now, one by one after `after`: for `republish`."""
    found = await repository.page(unit, after=after, limit=limit, with_deleted=True)
    return [domain.bundle_changed(unit.company_id, bundle, unit.now) for bundle in found]


async def _require_variants(unit: TenantUnit, bundle: Bundle) -> None:
    known = await catalogue.variants_like(unit, ids=sorted(bundle.variant_ids))
    if len(known) < len(bundle.variant_ids):
        raise ProductNotFound
