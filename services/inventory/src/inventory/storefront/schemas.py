"""What a storefront is answered: nothing of what only staff may know, such as costs."""

from typing import Self
from uuid import UUID

from contracts.money import MinorUnits
from servicekit.http.bodies import View

from inventory.catalogue.domain import Variant, WholeProduct
from inventory.storefront.domain import Availability, availability, sold_in


class AvailabilityView(View):
    """Whether it can be bought; `left` when that is few."""

    in_stock: bool
    left: int | None

    @classmethod
    def of(cls, found: Availability) -> Self:
        """The view of what is said of stock."""
        return cls(in_stock=found.in_stock, left=found.left)


class StorefrontVariant(View):
    """A variant with its price in minor units of the answer's currency."""

    id: UUID
    sku: str
    title: str
    options: dict[str, str]
    price: MinorUnits
    compare_at_price: MinorUnits | None
    availability: AvailabilityView

    @classmethod
    def of(cls, variant: Variant, currency: str, stock: Availability) -> Self:
        """The view of a variant that has a price in the currency."""
        return cls(
            id=variant.id,
            sku=variant.sku,
            title=variant.title,
            options=variant.options,
            price=variant.prices[currency],
            compare_at_price=variant.compare_at_prices.get(currency),
            availability=AvailabilityView.of(stock),
        )


class StorefrontProduct(View):
    """A product on sale, with those of its variants that have a price in `currency`."""

    id: UUID
    slug: str
    title: str
    currency: str
    image_url: str | None
    images: list[str]
    categories: list[str]
    attributes: dict[str, str]
    size_required: bool
    variants: list[StorefrontVariant]

    @classmethod
    def of(cls, whole: WholeProduct, currency: str) -> Self:
        """The view of a product."""
        product = whole.product
        return cls(
            id=product.id,
            slug=product.slug,
            title=product.title,
            currency=currency,
            image_url=product.image_url,
            images=list(product.images),
            categories=list(product.categories),
            attributes=product.attributes,
            size_required=product.size_required,
            variants=[
                StorefrontVariant.of(variant, currency, availability(variant, whole.available))
                for variant in sold_in(whole, currency)
            ],
        )


class CategoryView(View):
    """A category with how many products on sale it has."""

    name: str
    products: int


class CategoriesView(View):
    """The categories of what is on sale, by name."""

    items: list[CategoryView]
