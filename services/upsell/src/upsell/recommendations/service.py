"""Recommending to a cart, and taking note of what became of it."""

from uuid import UUID

from contracts.cart_calls import CartSnapshot
from servicekit.db import TenantUnit
from servicekit.messaging import outbox

from upsell.catalogue import repository as catalogue
from upsell.errors import ProductNotFound404
from upsell.offers.domain import Offers
from upsell.offers.service import offers_for, popular_offers
from upsell.recommendations import repository


async def recommend(unit: TenantUnit, cart: CartSnapshot, limit: int) -> Offers:
    """What to show with this cart; publishes UpsellShown once per version of it, and at most once a minute."""
    in_cart = sorted({line.product_id for line in cart.lines})
    dismissed = await repository.dismissed(unit, cart.cart_id)
    found = await offers_for(unit, in_cart, cart.currency, dismissed, limit)
    if found.items:
        await _note_shown(unit, cart, found)
    return found


async def recommend_without_cart(unit: TenantUnit, currency: str | None, limit: int) -> Offers:
    """What to show while nobody can say what is in the cart."""
    found = await popular_offers(unit, currency, (), limit)
    return Offers(found.basis, found.items, degraded=True)


async def dismiss(unit: TenantUnit, cart: CartSnapshot, product_id: UUID) -> None:
    """Do not show a product to this cart again; publishes that once. Raises ProductNotFound404."""
    if not await catalogue.has_product(unit, product_id):
        raise ProductNotFound404
    if await repository.dismiss(unit, cart.cart_id, product_id):
        recommendation = await repository.touch(unit, cart_id=cart.cart_id, site_id=cart.site_id)
        await outbox.add(unit, recommendation.dismissed(product_id, unit.now))


async def _note_shown(unit: TenantUnit, cart: CartSnapshot, found: Offers) -> None:
    product_ids = [offer.product_id for offer in found.items]
    recommendation = await repository.show(
        unit,
        cart_id=cart.cart_id,
        site_id=cart.site_id,
        cart_version=cart.version,
        basis=found.basis,
        product_ids=product_ids,
    )
    if recommendation is not None:
        await outbox.add(unit, recommendation.shown(product_ids, unit.now))
