"""Add a product that was offered: the cart service adds it, with no transaction open here, then it is noted."""

from dataclasses import dataclass
from uuid import UUID

from contracts.cart_calls import AddRecommended, CartSnapshot
from servicekit.db import TenantUnit
from servicekit.http.answers import Answer
from servicekit.messaging import outbox

from upsell.clients import Carts
from upsell.offers import repository as offers
from upsell.recommendations import repository


@dataclass(frozen=True, slots=True)
class AddOffer:
    """One product for one shopper's cart; `variant_id` None is the variant that is offered."""

    carts: Carts
    company_id: UUID
    cart: CartSnapshot
    product_id: UUID
    variant_id: UUID | None
    quantity: int

    async def read(self, unit: TenantUnit) -> AddRecommended:
        """What to send to the cart service."""
        variant_id = self.variant_id
        if variant_id is None:
            offer = await offers.of_product(unit, self.product_id, self.cart.currency)
            variant_id = None if offer is None else offer.variant_id
        return AddRecommended(product_id=self.product_id, variant_id=variant_id, quantity=self.quantity)

    async def call(self, found: AddRecommended, key: str | None) -> bytes:
        """The cart as its service answered it; raises what that service refuses."""
        return await self.carts.add(self.company_id, self.cart.cart_id, found, key)

    async def write(self, unit: TenantUnit, found: AddRecommended, result: bytes) -> Answer:
        """Note that the product was added, publish that, and answer the cart as it is."""
        recommendation = await repository.touch(unit, cart_id=self.cart.cart_id, site_id=self.cart.site_id)
        await outbox.add(unit, recommendation.added(self.product_id, unit.now))
        return Answer(201, result)
