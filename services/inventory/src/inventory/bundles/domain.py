"""The pure rules of bundles: what one is made of, what it costs, and what is published of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import BundleChanged
from contracts.inventory import BundleItem as PublishedItem
from contracts.money import MinorUnits


@dataclass(frozen=True, slots=True)
class BundleItem:
    """A component: so many pieces of one of these variants, the first unless the shopper chooses another."""

    id: UUID
    title: str
    quantity: int
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products that are sold together, for `prices` or for a part less than they cost by themselves: exactly one.

    A discount is in basis points. Deleted, it is in no list and not for sale, and stays for the carts that name it.
    """

    id: UUID
    slug: str
    title: str
    items: tuple[BundleItem, ...]
    active: bool = True
    image_url: str | None = None
    prices: dict[str, MinorUnits] = field(default_factory=dict)
    discount_basis_points: int | None = None
    deleted_at: datetime | None = None
    version: int = 1

    @property
    def variant_ids(self) -> set[UUID]:
        """Every variant that can be in it."""
        return {variant_id for item in self.items for variant_id in item.variant_ids}


class BundleFields(TypedDict, total=False):
    """Those fields of a `Bundle` that a request gives; the others stay as they are or have their default."""

    slug: str
    title: str
    items: tuple[BundleItem, ...]
    active: bool
    image_url: str | None
    prices: dict[str, MinorUnits]
    discount_basis_points: int | None
    deleted_at: datetime | None


def changed_bundle(bundle: Bundle, fields: BundleFields) -> Bundle:
    """The bundle with these fields; its next version when that makes it another, else the very same.

    A price replaces a discount and the other way round. Made active, it is deleted no more.
    """
    if fields.get("prices"):
        fields = {**fields, "discount_basis_points": None}
    elif fields.get("discount_basis_points"):
        fields = {**fields, "prices": {}}
    if fields.get("active"):
        fields = {**fields, "deleted_at": None}
    elif bundle.deleted_at and fields.get("deleted_at"):
        fields = {**fields, "deleted_at": bundle.deleted_at}
    changed = replace(bundle, **fields)
    return bundle if changed == bundle else replace(changed, version=bundle.version + 1)


def bundle_changed(company_id: UUID, bundle: Bundle, now: datetime) -> RecordedEvent[BundleChanged]:
    """BundleChanged for a bundle as it is now."""
    data = BundleChanged(
        title=bundle.title,
        slug=bundle.slug,
        active=bundle.active,
        image_url=bundle.image_url,
        prices=bundle.prices,
        discount_basis_points=bundle.discount_basis_points,
        items=tuple(
            PublishedItem(item_id=item.id, title=item.title, quantity=item.quantity, variant_ids=item.variant_ids)
            for item in bundle.items
        ),
    )
    return RecordedEvent(data, company_id, bundle.id, bundle.version, now)
