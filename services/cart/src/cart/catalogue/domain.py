"""The catalogue's products as carts and lists show them: pure."""

from collections.abc import Mapping
from uuid import UUID

from contracts.money import MinorUnits
from contracts.value import value

from cart import errors
from cart.carts.domain.lines import CatalogueVariant


def title_of(product: str, variant: str, siblings: int) -> str:
    """The line's title: the product's, with the variant's where there are several."""
    return product if siblings == 1 or not variant or variant == product else f"{product} – {variant}"  # noqa: RUF001  # an en dash is meant


@value
class Offer:
    """What a product, or one variant of it, is sold for now, in minor units of one currency; None where it is not sold.

    Without a variant it is the cheapest that can be bought, and `sku`, `options` and `left` say nothing.
    """

    title: str
    image_url: str | None
    sku: str | None
    options: Mapping[str, str]
    price: MinorUnits | None
    compare_at_price: MinorUnits | None
    in_stock: bool
    left: int | None


@value
class CatalogueProduct:
    """A product with all its variants, as the replica has it; `slug` and its own title once its event had them."""

    product_id: UUID
    title: str | None
    slug: str | None
    attributes: Mapping[str, str]
    variants: tuple[CatalogueVariant, ...]

    def variant(self, variant_id: UUID) -> CatalogueVariant | None:
        """The variant with this id."""
        return next((one for one in self.variants if one.variant_id == variant_id), None)

    def resolve(self, variant_id: UUID | None) -> UUID | None:
        """The variant that is meant: the one named, else the product's only one, else none yet.

        Raises ProductNotFound for a variant that is not the product's.
        """
        if variant_id is None:
            return self.variants[0].variant_id if len(self.variants) == 1 else None
        if self.variant(variant_id) is None:
            raise errors.ProductNotFound("There is no such product with this variant.")
        return variant_id

    def offer(self, variant_id: UUID | None, currency: str) -> Offer:
        """What the variant, or the product, is sold for now in this currency."""
        chosen = self.variant(variant_id) if variant_id is not None else None
        if chosen is not None:
            return _offer_of(chosen, currency, chosen.left)
        buyable = [one for one in self.variants if one.active and currency in one.prices]
        stocked = [one for one in buyable if one.left != 0]
        first = min(stocked or buyable, key=lambda one: one.prices[currency], default=self.variants[0])
        offer = _offer_of(first, currency, None)
        return Offer(
            title=self.title or first.title,
            image_url=first.image_url,
            sku=None,
            options={},
            price=offer.price,
            compare_at_price=offer.compare_at_price,
            in_stock=bool(stocked),
            left=None,
        )


def _offer_of(variant: CatalogueVariant, currency: str, left: int | None) -> Offer:
    price = variant.prices.get(currency) if variant.active else None
    return Offer(
        title=variant.title,
        image_url=variant.image_url,
        sku=variant.sku,
        options=variant.options,
        price=price,
        compare_at_price=variant.compare_at_prices.get(currency) if price is not None else None,
        in_stock=price is not None and left != 0,
        left=left,
    )
