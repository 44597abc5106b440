"""One product of an import file, however it was written: what may stand in it, and what can be wrong with it."""

from dataclasses import dataclass
from typing import Annotated, Self, cast
from uuid import UUID

from pydantic import Field, model_validator
from servicekit.http.bodies import Body

from inventory.catalogue.domain import ProductDraft, VariantDraft, VariantFields
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
    Sku,
    Slug,
    Title,
    Word,
)
from inventory.catalogue.schemas import one_first_image, product_fields
from inventory.imports.domain.report import RowError

MAX_VARIANTS = 200
"""Variants that one product of a file may have."""


@dataclass(frozen=True, slots=True)
class Row:
    """A product of the file, beginning at `line`: its draft, or the errors for which it is rejected.

    `lines` are those of its variants, in their order; `variant_field` is how the file names a field of one.
    """

    line: int
    draft: ProductDraft | None
    lines: tuple[int, ...] = ()
    errors: tuple[RowError, ...] = ()
    variant_field: str = "{field}"


class VariantRow(Body):
    """A variant; what is left out or null stays as it is, and has its default when the variant is new."""

    id: UUID | None = None
    sku: Sku
    title: Title | None = None
    options: Options | None = None
    prices: Prices | None = None
    compare_at_prices: Prices | None = None
    active: bool | None = None
    tracked: bool | None = None
    backorderable: bool | None = None
    weight_grams: Grams | None = None
    costs: Prices | None = None
    stock: Count | None = None

    def to_draft(self) -> VariantDraft:
        """The draft that is planned with."""
        fields = self.model_dump(exclude={"id", "sku", "stock"}, exclude_none=True)
        return VariantDraft(self.sku, cast("VariantFields", fields), id=self.id, stock=self.stock)


class ProductRow(Body):
    """A product under its key, `handle` or `sku`; what is left out or null stays as it is."""

    id: UUID | None = None
    handle: Handle | None = None
    sku: Handle | None = None
    title: Title | None = None
    slug: Slug | None = None
    active: bool | None = None
    image_url: ImageUrl | None = None
    images: Images | None = None
    categories: Categories | None = None
    tax_category: Word | None = None
    size_required: bool | None = None
    attributes: Attributes | None = None
    variants: Annotated[list[VariantRow], Field(max_length=MAX_VARIANTS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if (self.handle is None) == (self.sku is None):
            raise ValueError("a product needs one key, handle or sku")
        return self

    _one_first = model_validator(mode="after")(one_first_image)

    def to_draft(self) -> ProductDraft:
        """The draft that is planned with."""
        fields = self.model_dump(exclude={"id", "handle", "sku", "variants"}, exclude_none=True)
        return ProductDraft(
            handle=self.handle or self.sku or "",
            fields=product_fields(fields),
            id=self.id,
            variants=tuple(variant.to_draft() for variant in self.variants),
        )
