"""Bodies and answers of the catalogue's routes."""

from datetime import datetime
from typing import Annotated, Any, Protocol, Self, TypeVar, cast
from uuid import UUID

from contracts.money import MinorUnits
from pydantic import Field, model_validator
from servicekit.http.bodies import Body, View, unchanged

from inventory.catalogue.domain import (
    Product,
    ProductDraft,
    ProductFields,
    Variant,
    VariantDraft,
    VariantFields,
    WholeProduct,
)
from inventory.catalogue.fields import (
    Attributes,
    Categories,
    Count,
    Grams,
    Handle,
    Images,
    ImageUrl,
    Options,
    Prices,
    RequiredPrices,
    Sku,
    Slug,
    Title,
    Word,
)


class Pictured(Protocol):
    """A body that gives pictures: the first, all of them, or both."""

    @property
    def image_url(self) -> str | None:
        """The first."""

    @property
    def images(self) -> list[str] | None:
        """All of them."""


PicturedT = TypeVar("PicturedT", bound=Pictured)


def one_first_image(body: PicturedT) -> PicturedT:
    """The body; raises ValueError when `imageUrl` and `images` name two first pictures."""
    if body.images and body.image_url and body.image_url != body.images[0]:
        raise ValueError("imageUrl is not the first of images")
    return body


def product_fields(fields: dict[str, Any]) -> ProductFields:
    """The fields of a product as the domain has them, from those of a body."""
    if "images" in fields:
        first, *others = fields.pop("images") or [None]
        fields |= {"image_url": first, "more_images": tuple(others)}
    if "categories" in fields:
        fields["categories"] = tuple(fields["categories"])
    return cast("ProductFields", fields)


class NewVariant(Body):
    """A variant to be made; without a title it takes its product's. `stock` goes to the default warehouse."""

    id: UUID | None = None
    sku: Sku
    title: Title | None = None
    options: Options = Field(default_factory=dict)
    prices: RequiredPrices
    compare_at_prices: Prices = Field(default_factory=dict)
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    weight_grams: Grams | None = None
    costs: Prices = Field(default_factory=dict)
    stock: Count = 0

    def to_draft(self) -> VariantDraft:
        """The draft that the use case takes."""
        fields = self.model_dump(exclude={"id", "product_id", "sku", "stock"}, exclude_none=True)
        return VariantDraft(self.sku, cast("VariantFields", fields), id=self.id, stock=self.stock)


class NewVariantOfProduct(NewVariant):
    """A variant for a product that exists."""

    product_id: UUID


class NewProduct(Body):
    """A product to be made; without a handle its key is its first sku, without a slug one is made of the title.

    `imageUrl` is the first of `images`, and either says it alone.
    """

    id: UUID | None = None
    handle: Handle | None = None
    title: Title
    slug: Slug | None = None
    active: bool = True
    image_url: ImageUrl | None = None
    images: Images = Field(default_factory=list)
    categories: Categories = Field(default_factory=list)
    tax_category: Word | None = None
    size_required: bool = False
    attributes: Attributes = Field(default_factory=dict)
    variants: Annotated[list[NewVariant], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _distinct_skus(self) -> Self:
        if len({variant.sku for variant in self.variants}) < len(self.variants):
            raise ValueError("two variants have the same sku")
        return self

    _one_first = model_validator(mode="after")(one_first_image)

    def to_draft(self) -> ProductDraft:
        """The draft that the use case takes."""
        fields = self.model_dump(exclude={"id", "handle", "variants"}, exclude_none=True)
        if not self.images:
            del fields["images"]
        return ProductDraft(
            handle=self.handle or self.variants[0].sku,
            fields=product_fields(fields),
            id=self.id,
            variants=tuple(variant.to_draft() for variant in self.variants),
        )


class ProductPatch(Body):
    """Changes of a product. Null empties `imageUrl` and `taxCategory`; no other field may be null.

    `images` replaces all pictures, `imageUrl` the first. To make a deleted product active brings it back.
    """

    handle: Handle = unchanged("")
    title: Title = unchanged("")
    slug: Slug = unchanged("")
    active: bool = True
    image_url: ImageUrl | None = None
    images: Images = Field(default_factory=list)
    categories: Categories = Field(default_factory=list)
    tax_category: Word | None = None
    size_required: bool = False
    attributes: Attributes = Field(default_factory=dict)

    _one_first = model_validator(mode="after")(one_first_image)

    def given(self) -> ProductFields:
        """The fields that were sent; those that were left out stay as they are."""
        return product_fields(self.model_dump(exclude_unset=True))


class VariantPatch(Body):
    """Changes of a variant; `prices`, `costs` and `options` are replaced as a whole. Stock has a route of its own."""

    sku: Sku = unchanged("")
    title: Title = unchanged("")
    options: Options = Field(default_factory=dict)
    prices: RequiredPrices = Field(default_factory=dict)
    compare_at_prices: Prices = Field(default_factory=dict)
    active: bool = True
    tracked: bool = True
    backorderable: bool = False
    weight_grams: Grams | None = None
    costs: Prices = Field(default_factory=dict)

    def given(self) -> VariantFields:
        """The fields that were sent; those that were left out stay as they are."""
        return cast("VariantFields", self.model_dump(exclude_unset=True))


class VariantView(View):
    """A variant; `available` is null when it is not counted."""

    id: UUID
    product_id: UUID
    sku: str
    title: str
    options: dict[str, str]
    prices: dict[str, MinorUnits]
    compare_at_prices: dict[str, MinorUnits]
    active: bool
    tracked: bool
    backorderable: bool
    weight_grams: int | None
    costs: dict[str, MinorUnits]
    available: int | None

    @classmethod
    def of(cls, variant: Variant, available: int | None) -> Self:
        """The view of a variant."""
        fields = {name: getattr(variant, name) for name in cls.model_fields if name != "available"}
        return cls(**fields, available=available if variant.tracked else None)


class ProductView(View):
    """A product with its variants; `images` are all its pictures, the first one being `imageUrl`."""

    id: UUID
    handle: str
    title: str
    slug: str
    active: bool
    image_url: str | None
    images: list[str]
    categories: list[str]
    tax_category: str | None
    size_required: bool
    attributes: dict[str, str]
    deleted_at: datetime | None
    version: int
    variants: list[VariantView]

    @classmethod
    def of(cls, whole: WholeProduct) -> Self:
        """The view of a product."""
        product: Product = whole.product
        fields = {
            name: getattr(product, name) for name in cls.model_fields.keys() - {"variants", "images", "categories"}
        }
        variants = [VariantView.of(variant, whole.available.get(variant.id, 0)) for variant in whole.variants]
        return cls(**fields, images=list(product.images), categories=list(product.categories), variants=variants)
