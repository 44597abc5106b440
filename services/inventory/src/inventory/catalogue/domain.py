"""The pure rules of the catalogue: what a product and a variant are, how they change, and what is published of them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import ProductChanged
from contracts.inventory import Variant as PublishedVariant
from contracts.money import MinorUnits

from inventory.stock.domain import Move

MAX_SLUG = 100


@dataclass(frozen=True, slots=True)
class Product:
    """What all variants of a product share. `handle` is the merchant's own key, unique in the company."""

    id: UUID
    handle: str
    title: str
    slug: str
    active: bool = True
    image_url: str | None = None
    categories: tuple[str, ...] = ()
    tax_category: str | None = None
    size_required: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True)
class Variant:
    """One buyable form of a product; prices in minor units by currency (rules.md 1). `sku` is unique in the company."""

    id: UUID
    product_id: UUID
    sku: str
    title: str
    prices: dict[str, MinorUnits]
    options: dict[str, str] = field(default_factory=dict)
    compare_at_prices: dict[str, MinorUnits] = field(default_factory=dict)
    active: bool = True
    tracked: bool = True
    backorderable: bool = False


@dataclass(frozen=True, slots=True)
class WholeProduct:
    """A product with all its variants, and what is available of each counted one."""

    product: Product
    variants: tuple[Variant, ...]
    available: Mapping[UUID, int]


class ProductFields(TypedDict, total=False):
    """Those fields of a `Product` that a request or a file gives; the others stay as they are or have their default."""

    handle: str
    title: str
    slug: str
    active: bool
    image_url: str | None
    categories: tuple[str, ...]
    tax_category: str | None
    size_required: bool
    attributes: dict[str, str]


class VariantFields(TypedDict, total=False):
    """Those fields of a `Variant` that a request or a file gives; the others stay as they are or have their default."""

    sku: str
    title: str
    prices: dict[str, MinorUnits]
    options: dict[str, str]
    compare_at_prices: dict[str, MinorUnits]
    active: bool
    tracked: bool
    backorderable: bool


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant as a request or a file gives it: its key, and the other fields that were given.

    `stock` is the on-hand number in the default warehouse, None to leave it. A given `id` is for a new variant only.
    """

    sku: str
    fields: VariantFields
    id: UUID | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product and some of its variants as a request or a file gives them: its key, and the other fields given."""

    handle: str
    fields: ProductFields
    id: UUID | None = None
    variants: tuple[VariantDraft, ...] = ()


@dataclass(slots=True)
class Changes:
    """What one transaction writes to the catalogue, and the stock moves that go with it."""

    new_products: list[Product] = field(default_factory=list)
    changed_products: list[Product] = field(default_factory=list)
    new_variants: list[Variant] = field(default_factory=list)
    changed_variants: list[Variant] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (
            self.new_products or self.changed_products or self.new_variants or self.changed_variants or self.moves
        )

    def add(self, other: "Changes") -> None:
        """Take over another's changes."""
        self.new_products += other.new_products
        self.changed_products += other.changed_products
        self.new_variants += other.new_variants
        self.changed_variants += other.changed_variants
        self.moves += other.moves


def slugify(text: str) -> str:
    """The text as a part of an address: "Crème brûlée, 2 pcs" is "creme-brulee-2-pcs"; "item" when nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].strip("-") or "item"


def new_product(draft: ProductDraft, product_id: UUID) -> Product:
    """A product from a draft that gives at least its title."""
    fields: ProductFields = {"slug": slugify(draft.fields["title"]), **draft.fields, "handle": draft.handle}
    return Product(id=product_id, **fields)


def new_variant(draft: VariantDraft, variant_id: UUID, product: Product) -> Variant:
    """A variant from a draft that gives at least one price; without a title it has its product's."""
    fields: VariantFields = {"title": product.title, **draft.fields, "sku": draft.sku}
    return Variant(id=variant_id, product_id=product.id, **fields)


def changed_product(product: Product, fields: ProductFields) -> Product:
    """The product with these fields; its next version when that makes it another, else the very same."""
    changed = replace(product, **fields)
    return product if changed == product else replace(changed, version=product.version + 1)


def changes_stock_event(before: Variant, after: Variant) -> bool:
    """Whether StockChanged differs between the two: by the sku, or by how stock is counted."""
    published = ("sku", "tracked", "backorderable")
    return any(getattr(before, name) != getattr(after, name) for name in published)


def product_changed(company_id: UUID, whole: WholeProduct, now: datetime) -> RecordedEvent[ProductChanged]:
    """ProductChanged for a product as it is now."""
    return RecordedEvent(published_product(whole), company_id, whole.product.id, whole.product.version, now)


def published_product(whole: WholeProduct) -> ProductChanged:
    """The product as other services receive it, built without validation: the values were checked when they came in."""
    product = whole.product
    return ProductChanged.model_construct(
        title=product.title,
        slug=product.slug,
        active=product.active,
        image_url=product.image_url,
        categories=product.categories,
        tax_category=product.tax_category,
        size_required=product.size_required,
        variants=_published_variants(whole.variants, whole.available),
    )


def _published_variants(variants: Sequence[Variant], available: Mapping[UUID, int]) -> tuple[PublishedVariant, ...]:
    return tuple(
        PublishedVariant.model_construct(
            variant_id=variant.id,
            sku=variant.sku,
            title=variant.title,
            options=variant.options,
            prices=variant.prices,
            compare_at_prices=variant.compare_at_prices,
            active=variant.active,
            tracked=variant.tracked,
            backorderable=variant.backorderable,
            available=available.get(variant.id, 0) if variant.tracked else None,
        )
        for variant in variants
    )
