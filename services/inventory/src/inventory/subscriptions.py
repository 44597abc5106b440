"""What inventory does about what happens to carts: it repeats, harmlessly, what commands decide (rules.md 20)."""

from contracts.cart import CartConverted, CartExpired, CartMerged, SiteChanged
from contracts.envelope import Envelope
from servicekit.db import TenantUnit
from servicekit.messaging.erasing import answer_erasures
from servicekit.messaging.inbox import is_newer
from servicekit.messaging.subscriptions import Subscriptions

from inventory.catalogue import repository as catalogue
from inventory.holds.domain import summed
from inventory.holds.persistence.forget_owners import forget_owners
from inventory.holds.use_cases.commit_hold import commit_for_order
from inventory.holds.use_cases.release_hold import release
from inventory.parts import Parts
from inventory.sites import repository as sites

subscriptions = Subscriptions[Parts]("inventory")
answer_erasures(subscriptions, forget_owners)

ORDERS = "inventory.orders"
"""The cursor of the orders that have their stock, whatever ids their events come under; permanent."""


@subscriptions.on(CartConverted, name="inventory.take_stock_of_order", queue="carts")
async def take_stock_of_order(event: Envelope[CartConverted], unit: TenantUnit) -> None:
    """Let the order's stock leave the shelf, once per cart: its hold if that is open, else straight from stock."""
    if not await is_newer(unit, consumer=ORDERS, aggregate_id=event.subject, version=event.aggregateversion):
        return
    await commit_for_order(
        unit,
        cart_id=event.subject,
        order_id=event.data.order_id,
        ordered=summed(event.data.lines),
    )


@subscriptions.on(CartExpired, name="inventory.release_expired_cart", queue="carts")
async def release_expired_cart(event: Envelope[CartExpired], unit: TenantUnit) -> None:
    """Give back what an expired cart held."""
    await release(unit, event.subject, "cart_expired")


@subscriptions.on(CartMerged, name="inventory.release_merged_cart", queue="carts")
async def release_merged_cart(event: Envelope[CartMerged], unit: TenantUnit) -> None:
    """Give back what a merged guest cart held; the cart it was merged into holds for itself."""
    await release(unit, event.subject, "cart_merged")


@subscriptions.on(SiteChanged, name="inventory.keep_site", queue="sites")
async def keep_site(event: Envelope[SiteChanged], unit: TenantUnit) -> None:
    """Keep the site's currency, in which storefronts are shown prices; an older version changes nothing."""
    if await sites.keep(unit, event):
        await catalogue.raise_version(unit)
