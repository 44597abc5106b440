"""Bodies and answers of the catalogue's routes."""

from typing import Annotated, Self, cast
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
    Handle,
    ImageUrl,
    Options,
    Prices,
    RequiredPrices,
    Sku,
    Slug,
    Title,
    Word,
)


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
    stock: Count = 0

    def to_draft(self) -> VariantDraft:
        """The draft that the use case takes."""
        fields = self.model_dump(exclude={"id", "product_id", "sku", "stock"}, exclude_none=True)
        return VariantDraft(self.sku, cast("VariantFields", fields), id=self.id, stock=self.stock)


class NewVariantOfProduct(NewVariant):
    """A variant for a product that exists."""

    product_id: UUID


class NewProduct(Body):
    """A product to be made; without a handle its key is its first sku, without a slug one is made of the title."""

    id: UUID | None = None
    handle: Handle | None = None
    title: Title
    slug: Slug | None = None
    active: bool = True
    image_url: ImageUrl | None = None
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

    def to_draft(self) -> ProductDraft:
        """The draft that the use case takes."""
        fields = self.model_dump(exclude={"id", "handle", "variants"}, exclude_none=True)
        return ProductDraft(
            handle=self.handle or self.variants[0].sku,
            fields=cast("ProductFields", {**fields, "categories": tuple(self.categories)}),
            id=self.id,
            variants=tuple(variant.to_draft() for variant in self.variants),
        )


class ProductPatch(Body):
    """Changes of a product. Null empties `imageUrl` and `taxCategory`; no other field may be null."""

    handle: Handle = unchanged("")
    title: Title = unchanged("")
    slug: Slug = unchanged("")
    active: bool = True
    image_url: ImageUrl | None = None
    categories: Categories = Field(default_factory=list)
    tax_category: Word | None = None
    size_required: bool = False
    attributes: Attributes = Field(default_factory=dict)

    def given(self) -> ProductFields:
        """The fields that were sent; those that were left out stay as they are."""
        fields = self.model_dump(exclude_unset=True)
        if "categories" in fields:
            fields["categories"] = tuple(fields["categories"])
        return cast("ProductFields", fields)


class VariantPatch(Body):
    """Changes of a variant; `prices` and `options` are replaced as a whole. Stock has a route of its own."""

    sku: Sku = unchanged("")
    title: Title = unchanged("")
    options: Options = Field(default_factory=dict)
    prices: RequiredPrices = Field(default_factory=dict)
    compare_at_prices: Prices = Field(default_factory=dict)
    active: bool = True
    tracked: bool = True
    backorderable: bool = False

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
    available: int | None

    @classmethod
    def of(cls, variant: Variant, available: int | None) -> Self:
        """The view of a variant."""
        fields = {name: getattr(variant, name) for name in cls.model_fields if name != "available"}
        return cls(**fields, available=available if variant.tracked else None)


class ProductView(View):
    """A product with its variants."""

    id: UUID
    handle: str
    title: str
    slug: str
    active: bool
    image_url: str | None
    categories: list[str]
    tax_category: str | None
    size_required: bool
    attributes: dict[str, str]
    version: int
    variants: list[VariantView]

    @classmethod
    def of(cls, whole: WholeProduct) -> Self:
        """The view of a product."""
        product: Product = whole.product
        fields = {name: getattr(product, name) for name in cls.model_fields if name not in ("variants", "categories")}
        variants = [VariantView.of(variant, whole.available.get(variant.id, 0)) for variant in whole.variants]
        return cls(**fields, categories=list(product.categories), variants=variants)
