"""What upsell learns from the other services."""

from contracts.cart import CartConverted
from contracts.envelope import Envelope
from contracts.inventory import ProductChanged, StockChanged
from servicekit.db import TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.subscriptions import Subscriptions

from upsell.catalogue import service as catalogue
from upsell.learning import service as learning
from upsell.parts import Parts
from upsell.recommendations.repository import forget_carts

subscriptions = Subscriptions[Parts]("upsell")
answer_erasures(subscriptions, forget_carts)


@subscriptions.on(ProductChanged, name="upsell.keep_product", queue="catalogue")
async def keep_product(event: Envelope[ProductChanged], unit: TenantUnit) -> None:
    """Keep the replica of the product."""
    await catalogue.keep_product(unit, event)


@subscriptions.on(StockChanged, name="upsell.keep_stock", queue="stock")
async def keep_stock(event: Envelope[StockChanged], unit: TenantUnit) -> None:
    """Keep what is left of the variant."""
    await catalogue.keep_stock(unit, event)


@subscriptions.on(CartConverted, name="upsell.learn_from_sale", queue="sales")
async def learn_from_sale(event: Envelope[CartConverted], unit: TenantUnit) -> None:
    """Count what was bought together."""
    await learning.learn_from_sale(unit, event)
