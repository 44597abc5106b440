"""Bodies and answers of the bundles' routes."""

from datetime import datetime
from typing import Annotated, Self, cast
from uuid import UUID

from contracts.money import MinorUnits
from pydantic import Field, model_validator
from servicekit.http.bodies import Body, View, unchanged
from servicekit.ids import new_id

from inventory.bundles.domain import Bundle, BundleFields, BundleItem
from inventory.catalogue.domain import slugify
from inventory.catalogue.fields import ImageUrl, Prices, RequiredPrices, Slug, Title

BasisPoints = Annotated[int, Field(ge=1, le=10_000)]
"""Hundredths of a percent: 1,000 is 10 %."""
Quantity = Annotated[int, Field(ge=1, le=100)]
Choices = Annotated[list[UUID], Field(min_length=1, max_length=100)]
"""The variants of which the shopper takes one; the first unless another is chosen."""


class ItemBody(Body):
    """A component: so many pieces of one of the variants. With an `id` that it has already it stays the same one."""

    id: UUID | None = None
    title: Title | None = None
    quantity: Quantity = 1
    variant_ids: Choices

    def to_item(self) -> BundleItem:
        """The component; a variant that is named twice is one choice."""
        return BundleItem(self.id or new_id(), self.title or "", self.quantity, tuple(dict.fromkeys(self.variant_ids)))


Items = Annotated[list[ItemBody], Field(min_length=1, max_length=50)]


def require_pieces(items: list[ItemBody]) -> None:
    """Raise ValueError for a bundle of one piece, and for two components of one id."""
    if sum(item.quantity for item in items) < 2:
        raise ValueError("a bundle has two pieces at least")
    ids = [item.id for item in items if item.id]
    if len(set(ids)) < len(ids):
        raise ValueError("two components have the same id")


class NewBundle(Body):
    """A bundle to be made, with `prices` or with `discountBasisPoints`; without a slug one is made of the title."""

    id: UUID | None = None
    title: Title
    slug: Slug | None = None
    active: bool = True
    image_url: ImageUrl | None = None
    prices: Prices = Field(default_factory=dict)
    discount_basis_points: BasisPoints | None = None
    items: Items

    @model_validator(mode="after")
    def _fits(self) -> Self:
        require_pieces(self.items)
        if bool(self.prices) == (self.discount_basis_points is not None):
            raise ValueError("a bundle has either prices or discountBasisPoints")
        return self

    def to_bundle(self) -> Bundle:
        """The bundle."""
        return Bundle(
            id=self.id or new_id(),
            slug=self.slug or slugify(self.title),
            title=self.title,
            items=tuple(item.to_item() for item in self.items),
            active=self.active,
            image_url=self.image_url,
            prices=self.prices,
            discount_basis_points=self.discount_basis_points,
        )


class BundlePatch(Body):
    """Changes of a bundle. `items` replaces all components; prices replace a discount, and the other way round.

    Null empties `imageUrl`; no other field may be null. To make a deleted bundle active brings it back.
    """

    title: Title = unchanged("")
    slug: Slug = unchanged("")
    active: bool = True
    image_url: ImageUrl | None = None
    prices: RequiredPrices = unchanged({})
    discount_basis_points: BasisPoints = unchanged(1)
    items: Items = unchanged([])

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self.model_fields_set
        if "items" in given:
            require_pieces(self.items)
        if {"prices", "discount_basis_points"} <= given:
            raise ValueError("a bundle has either prices or discountBasisPoints")
        return self

    def given(self) -> BundleFields:
        """The fields that were sent; those that were left out stay as they are."""
        fields = self.model_dump(exclude_unset=True)
        if "items" in fields:
            fields["items"] = tuple(item.to_item() for item in self.items)
        return cast("BundleFields", fields)


class ItemView(View):
    """A component of a bundle."""

    id: UUID
    title: str
    quantity: int
    variant_ids: list[UUID]

    @classmethod
    def of(cls, item: BundleItem) -> Self:
        """The view of a component."""
        return cls(id=item.id, title=item.title, quantity=item.quantity, variant_ids=list(item.variant_ids))


class BundleView(View):
    """A bundle with its components, in their order."""

    id: UUID
    slug: str
    title: str
    active: bool
    image_url: str | None
    prices: dict[str, MinorUnits]
    discount_basis_points: int | None
    items: list[ItemView]
    deleted_at: datetime | None
    version: int

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """The view of a bundle."""
        fields = {name: getattr(bundle, name) for name in cls.model_fields if name != "items"}
        return cls(**fields, items=[ItemView.of(item) for item in bundle.items])
