"""The comparison as an aggregate, and the table of attributes that it shows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.cart import ComparisonUpdated, ListChangeKind, ListedProduct
from contracts.value import value

from cart import errors
from cart.carts.domain.context import ChangeContext
from cart.catalogue.domain import CatalogueProduct
from cart.lists.domain import OwnedList, Owner

KEPT: Final = timedelta(days=90)
"""How long a comparison is kept that nobody uses."""
USE_NOTED_EVERY: Final = timedelta(days=1)
"""How exactly it is known when a comparison was last looked at: so seldom does looking write anything."""


@dataclass(slots=True)
class ComparedItem:
    """One product, or variant, that is compared; they stand in the order in which they were chosen."""

    id: UUID
    product_id: UUID
    variant_id: UUID | None
    created_at: datetime

    @property
    def identity(self) -> tuple[UUID, UUID | None]:
        """What makes two of them one."""
        return self.product_id, self.variant_id

    @property
    def listed(self) -> ListedProduct:
        """The product as events say it."""
        return ListedProduct(product_id=self.product_id, variant_id=self.variant_id)


@dataclass(slots=True, kw_only=True)
class Comparison(OwnedList[ComparisonUpdated]):
    """What one shopper compares on one site; it is kept until `expires_at`, which each use puts off."""

    items: list[ComparedItem]
    expires_at: datetime

    @classmethod
    def begin(cls, company_id: UUID, owner: Owner, context: ChangeContext) -> "Comparison":
        """A comparison of nothing, which is stored with its first change."""
        return cls(
            id=context.new_id(),
            company_id=company_id,
            owner=owner,
            items=[],
            version=0,
            link=None,
            created_at=context.now,
            updated_at=context.now,
            expires_at=context.now + KEPT,
        )

    def add(self, product_id: UUID, variant_id: UUID | None, most: int, context: ChangeContext) -> bool:
        """Compare one more; one that is there stays as it is, and False is returned. Raises ComparisonFull."""
        if self._has((product_id, variant_id)):
            return False
        if len(self.items) >= most:
            raise errors.ComparisonFull(maxItems=most)
        self.record("ITEM_ADDED", [self._append(product_id, variant_id, context).listed], context)
        return True

    def remove(self, item_id: UUID, context: ChangeContext) -> None:
        """Compare one less; raises ComparedItemNotFound."""
        found = next((item for item in self.items if item.id == item_id), None)
        if found is None:
            raise errors.ComparedItemNotFound()
        self.items.remove(found)
        self.removed.add(found.id)
        self.record("ITEM_REMOVED", [found.listed], context)

    def merge(self, guest: "Comparison", most: int, context: ChangeContext) -> None:
        """Take over what a guest has compared before they signed in, as far as there is room (rules.md 11)."""
        new = [item for item in guest.items if not self._has(item.identity)][: max(0, most - len(self.items))]
        added = [self._append(item.product_id, item.variant_id, context) for item in new]
        if added:
            self.record("MERGED_IN", [item.listed for item in added], context)

    def is_use_to_note(self, now: datetime) -> bool:
        """Whether it was not used for so long that looking at it has to put its end off."""
        return self.expires_at - now <= KEPT - USE_NOTED_EVERY

    @property
    def listed(self) -> tuple[ListedProduct, ...]:
        """Every product that is compared."""
        return tuple(item.listed for item in self.items)

    def _has(self, identity: tuple[UUID, UUID | None]) -> bool:
        return any(item.identity == identity for item in self.items)

    def _append(self, product_id: UUID, variant_id: UUID | None, context: ChangeContext) -> ComparedItem:
        item = ComparedItem(context.new_id(), product_id, variant_id, context.now)
        self.items.append(item)
        self.touched.add(item.id)
        return item

    def _event(
        self, kind: ListChangeKind, products: tuple[ListedProduct, ...], context: ChangeContext
    ) -> ComparisonUpdated:
        self.expires_at = context.now + KEPT
        return ComparisonUpdated(
            site_id=self.owner.site_id,
            actor=context.actor,
            owner=self.owner.kind,
            kind=kind,
            products=products,
            compared=self.listed,
        )


@value
class AttributeRow:
    """One attribute side by side: a value for each product in their order, None where it has none."""

    name: str
    values: tuple[str | None, ...]

    @property
    def differs(self) -> bool:
        """Whether it tells the products apart."""
        return len(set(self.values)) > 1


def attribute_rows(products: Sequence[CatalogueProduct]) -> list[AttributeRow]:
    """Every attribute that any of the products has: those that most have first, then by name."""
    names = {name for product in products for name in product.attributes}
    rows = [AttributeRow(name, tuple(product.attributes.get(name) for product in products)) for name in names]
    return sorted(rows, key=lambda row: (row.values.count(None), row.name))
