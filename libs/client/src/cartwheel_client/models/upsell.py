"""Generated from services/upsell/openapi.json by `make client`; not written by hand."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class AddOffered(Model):
    """POST /api/cart/upsells/{productId}/add; without a variant, the one that is offered."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    variant_id: UUID | None = None
    quantity: int = 1


class OfferView(Model):
    """A product to offer; `price` in minor units of `currency`."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    variant_id: UUID
    title: str
    image_url: str | None
    price: int
    currency: str


class OffersView(Model):
    """What to show, best first. `degraded`: found without looking into the cart, because it could not be asked."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    basis: Literal["pairs", "best_sellers", "catalogue"] | str
    items: list[OfferView]
    degraded: bool
