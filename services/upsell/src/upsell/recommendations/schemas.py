"""Bodies of the recommendation routes."""

from typing import Annotated
from uuid import UUID

from contracts.money import MinorUnits
from contracts.upsell import UpsellBasis
from pydantic import Field
from servicekit.http.bodies import Body, View

from upsell.offers.domain import Offer, Offers


class AddOffered(Body):
    """POST /api/cart/upsells/{productId}/add; without a variant, the one that is offered."""

    variant_id: UUID | None = None
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class OfferView(View):
    """A product to offer; `price` in minor units of `currency`."""

    product_id: UUID
    variant_id: UUID
    title: str
    image_url: str | None
    price: MinorUnits
    currency: str

    @classmethod
    def of(cls, offer: Offer) -> "OfferView":
        """Show an offer."""
        return cls(
            product_id=offer.product_id,
            variant_id=offer.variant_id,
            title=offer.title,
            image_url=offer.image_url,
            price=offer.price,
            currency=offer.currency,
        )


class OffersView(View):
    """What to show, best first. `degraded`: found without looking into the cart, because it could not be asked."""

    basis: UpsellBasis
    items: list[OfferView]
    degraded: bool

    @classmethod
    def of(cls, offers: Offers) -> "OffersView":
        """Show offers."""
        return cls(basis=offers.basis, items=[OfferView.of(item) for item in offers.items], degraded=offers.degraded)
