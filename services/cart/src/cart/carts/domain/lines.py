"""The lines of a cart and the variants of the catalogue that they are made of: pure.

Amounts are in minor units of the cart's currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.money import MinorUnits
from contracts.value import value

from cart import errors


@value
class CatalogueVariant:
    """One variant as the replica of the catalogue has it now; prices in minor units by currency."""

    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    prices: dict[str, MinorUnits]
    compare_at_prices: dict[str, MinorUnits]
    categories: tuple[str, ...]
    tax_category: str | None
    active: bool
    tracked: bool
    backorderable: bool
    available: int | None

    @property
    def left(self) -> int | None:
        """How many can be sold; None when that is not limited (rules.md 19)."""
        if not self.tracked or self.backorderable or self.available is None:
            return None
        return max(self.available, 0)

    def price_in(self, currency: str) -> int:
        """Its price in minor units; raises ProductUnavailable when it is inactive or has none in the currency."""
        price = self.prices.get(currency)
        if not self.active or price is None:
            raise errors.ProductUnavailable()
        return price

    def require_stock(self, quantity: int) -> None:
        """Raise ItemOutOfStock when none is left, InsufficientStock when fewer than this are."""
        left = self.left
        if left is None or quantity <= left:
            return
        if left == 0:
            raise errors.ItemOutOfStock()
        raise errors.InsufficientStock("Only {available} left in stock.", available=left)


@value
class Wanted:
    """An item a shopper asks for, before it is matched with the catalogue."""

    product_id: UUID
    variant_id: UUID | None
    quantity: int
    options: Mapping[str, str]
    source: str | None = None
    meta: dict[str, Any] | None = None
    rental: dict[str, Any] | None = None


@dataclass(slots=True)
class Line:
    """One line, with the price, title and picture it had when the shopper last changed it (rules.md 15)."""

    id: UUID
    product_id: UUID
    variant_id: UUID
    sku: str
    title: str
    image_url: str | None
    options: dict[str, str]
    quantity: int
    unit_price: MinorUnits
    compare_at_price: MinorUnits | None
    source: str | None
    meta: dict[str, Any] | None
    rental: dict[str, Any] | None
    bundle_group_id: UUID | None
    catalogue: CatalogueVariant | None

    @classmethod
    def of(cls, variant: CatalogueVariant, wanted: Wanted, currency: str, line_id: UUID) -> "Line":
        """A line of this variant with nothing in it yet, at the catalogue's price; raises ProductUnavailable."""
        return cls(
            id=line_id,
            product_id=variant.product_id,
            variant_id=variant.variant_id,
            sku=variant.sku,
            title=variant.title,
            image_url=variant.image_url,
            options=_options(variant, wanted),
            quantity=0,
            unit_price=variant.price_in(currency),
            compare_at_price=variant.compare_at_prices.get(currency),
            source=wanted.source,
            meta=wanted.meta,
            rental=wanted.rental,
            bundle_group_id=None,
            catalogue=variant,
        )

    @property
    def identity(self) -> tuple[UUID, tuple[tuple[str, str], ...], UUID | None]:
        """What makes two wishes one line: variant, options and bundle group (rules.md 8)."""
        return self.variant_id, tuple(sorted(self.options.items())), self.bundle_group_id

    @property
    def catalogue_options(self) -> dict[str, str]:
        """The options that the catalogue has for its variant now: what other services may see, and mails show."""
        return self.catalogue.options if self.catalogue else {}

    def catalogue_price(self, currency: str) -> int | None:
        """The catalogue's price of now, in minor units; None when the catalogue has none."""
        return self.catalogue.prices.get(currency) if self.catalogue else None

    def buyable(self, currency: str) -> CatalogueVariant:
        """Its variant, if more of it can be bought now; raises ProductUnavailable."""
        if self.catalogue is None:
            raise errors.ProductUnavailable()
        self.catalogue.price_in(currency)
        return self.catalogue

    def adopt(self, variant: CatalogueVariant, currency: str) -> None:
        """Take the price, title and picture of now (rules.md 15)."""
        self.unit_price = variant.prices[currency]
        self.compare_at_price = variant.compare_at_prices.get(currency)
        self.title, self.image_url = variant.title, variant.image_url
        self.catalogue = variant


def choose_variant(variants: Sequence[CatalogueVariant], wanted: Wanted) -> CatalogueVariant:
    """The variant that the request names, or the product's only one; options that contradict it name none."""
    if not variants:
        raise errors.ProductNotFound("There is no such product with this variant.")
    fitting = [variant for variant in variants if _fits(variant, wanted)]
    if len(fitting) != 1:
        raise errors.SizeRequired(errors=[{"field": "variantId", "message": "names no single variant of the product"}])
    return fitting[0]


def _fits(variant: CatalogueVariant, wanted: Wanted) -> bool:
    """Whether nothing that is wanted contradicts the variant; case does not count."""
    have = {name.lower(): value.lower() for name, value in variant.options.items()}
    return all(have.get(name.lower(), value.lower()) == value.lower() for name, value in wanted.options.items())


def _options(variant: CatalogueVariant, wanted: Wanted) -> dict[str, str]:
    """The variant's options in its own spelling, given or not, with those that are the shopper's own (rules.md 8)."""
    known = {name.lower() for name in variant.options}
    own = {name: value for name, value in wanted.options.items() if name.lower() not in known}
    return {**variant.options, **own}
