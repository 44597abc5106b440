"""The pure rules of the catalogue: what a product and a variant are, how they change, and what is published of them."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypedDict
from uuid import UUID

from contracts.envelope import RecordedEvent
from contracts.inventory import ProductChanged
from contracts.inventory import Variant as PublishedVariant
from contracts.money import MinorUnits

from inventory.stock.domain import Move

MAX_SLUG = 100
MAX_SEARCH_WORDS = 8
"""Words of a search; those after them narrow it no more."""

ProductStatus = Literal["active", "inactive", "deleted"]


@dataclass(frozen=True, slots=True)
class Product:
    """What all variants of a product share. `handle`, the merchant's own key, and `slug` are unique in the company.

    `image_url` is the first picture, `more_images` are those after it. Deleted, it is in no list and not for sale, but
    stays for the carts and orders that name it.
    """

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
    more_images: tuple[str, ...] = ()
    deleted_at: datetime | None = None
    version: int = 1

    @property
    def images(self) -> tuple[str, ...]:
        """All pictures in their order."""
        return (self.image_url, *self.more_images) if self.image_url else self.more_images


@dataclass(frozen=True, slots=True)
class Variant:
    """One buyable form of a product; prices in minor units by currency (rules.md 1). `sku` is unique in the company.

    `costs` is what the merchant paid for a piece, by currency: for staff alone.
    """

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
    weight_grams: int | None = None
    costs: dict[str, MinorUnits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WholeProduct:
    """A product with all its variants, and what is available of each counted one."""

    product: Product
    variants: tuple[Variant, ...]
    available: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products a list has: those that fit all that is given; deleted ones by their status, or `with_deleted`.

    `q` is some words' beginnings, of title, handle, categories and attributes, or a whole sku.
    """

    handle: str | None = None
    active: bool | None = None
    status: ProductStatus | None = None
    category: str | None = None
    q: str | None = None
    with_deleted: bool = False


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
    more_images: tuple[str, ...]
    deleted_at: datetime | None


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
    weight_grams: int | None
    costs: dict[str, MinorUnits]


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


def search_words(text: str) -> tuple[str, ...]:
    """The words of a search, as they begin in what is found; none for a text without letters or digits."""
    return tuple(re.findall(r"[^\W_]+", text.lower())[:MAX_SEARCH_WORDS])


def slugs_of(draft: ProductDraft) -> tuple[str, ...]:
    """The slugs that a new product may have, the best first: the one given, or one of its title, else of its handle."""
    if "slug" in draft.fields:
        return (draft.fields["slug"],)
    return slugify(draft.fields.get("title", "")), slugify(draft.handle)


def free_slug(draft: ProductDraft, product_id: UUID, taken: Collection[str]) -> str:
    """A slug for a new product that gives none; when its title and its handle are taken, the end of its id is added."""
    candidates = slugs_of(draft)
    ending = f"-{product_id.hex[-12:]}"
    return next((slug for slug in candidates if slug not in taken), candidates[0][: MAX_SLUG - len(ending)] + ending)


def new_product(draft: ProductDraft, product_id: UUID, taken_slugs: Collection[str] = ()) -> Product:
    """A product from a draft that gives at least its title; its slug is a free one unless the draft gives it."""
    slug = draft.fields["slug"] if "slug" in draft.fields else free_slug(draft, product_id, taken_slugs)
    fields: ProductFields = {**draft.fields, "slug": slug, "handle": draft.handle}
    return _with_first_image(Product(id=product_id, **fields))


def new_variant(draft: VariantDraft, variant_id: UUID, product: Product) -> Variant:
    """A variant from a draft that gives at least one price; without a title it has its product's."""
    fields: VariantFields = {"title": product.title, **draft.fields, "sku": draft.sku}
    return Variant(id=variant_id, product_id=product.id, **fields)


def changed_product(product: Product, fields: ProductFields) -> Product:
    """The product with these fields; its next version when that makes it another, else the very same.

    Made active, it is deleted no more; deleted again, it stays deleted since the first time.
    """
    if fields.get("active"):
        fields = {**fields, "deleted_at": None}
    elif product.deleted_at and fields.get("deleted_at"):
        fields = {**fields, "deleted_at": product.deleted_at}
    changed = _with_first_image(replace(product, **fields))
    return product if changed == product else replace(changed, version=product.version + 1)


def _with_first_image(product: Product) -> Product:
    """The product, whose next picture is the first one when it has no first."""
    if product.image_url or not product.more_images:
        return product
    first, *others = product.more_images
    return replace(product, image_url=first, more_images=tuple(others))


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
        images=product.images,
        attributes=product.attributes,
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
            weight_grams=variant.weight_grams,
            costs=variant.costs,
        )
        for variant in variants
    )
