"""The drill's shops: several companies, each with a ledger of its own."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import Retries
from cartwheel_client.models.pricing import NewPromotion
from cartwheel_client.staff.analytics import Analytics
from simulator.catalogue.products import Product, invent
from simulator.demo import shop as demo_shop
from simulator.demo.counted import reconcile
from simulator.demo.ledger import Ledger
from simulator.demo.sent_mails import SentMails
from simulator.demo.stack import DemoStack
from simulator.merchant import Merchant
from simulator.reconciliation.figures import Figure
from simulator.stack import Stack

_PRODUCTS = 40
_PICTURES_URL = "https://pictures.example"
_ORDERS_AT_ONCE = 50
_PLENTY = 1_000_000
"""Pieces of each variant: what is sold out would end the load."""
_NEVER_REACHED = dict.fromkeys(demo_shop.CURRENCIES, 10**9)
"""The subtotal, in minor units, from which a promotion of the drill would apply: no cart has it."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One company: what its shoppers share, and its merchant."""

    demo: DemoStack
    merchant: Merchant

    async def publish_rules(self, name: str) -> None:
        """Make a promotion that changes no price: pricing publishes a new rule set."""
        promotion = NewPromotion(
            name=name, type="PERCENTAGE_OFF", scope="CART", basis_points=500, min_subtotal=_NEVER_REACHED
        )
        await self.merchant.offer(promotion)

    async def figures(self) -> Sequence[Figure]:
        """What its shoppers saw beside what analytics counts."""
        self.demo.ledger.mails = self.demo.mails.count
        analytics: Analytics = self.merchant.staff.analytics
        return await reconcile(self.demo.ledger, analytics, demo_shop.CURRENCIES)


@asynccontextmanager
async def opened(stack: Stack, count: int) -> AsyncGenerator[Sequence[Shop]]:
    """So many shops, open for the block: catalogue, sites, codes and a campaign of mails."""
    async with AsyncExitStack() as resources:
        shops = [await _open(resources, stack, seed) for seed in range(count)]
        for each in shops:
            await resources.enter_async_context(each.demo.mails.kept_up_to_date())
        yield shops


def _products(seed: int) -> Sequence[Product]:
    def plenty(product: Product) -> Product:
        return replace(product, variants=[{**variant, "stock": _PLENTY} for variant in product.variants])

    return [plenty(product) for product in invent(seed)[:_PRODUCTS]]


async def _open(resources: AsyncExitStack, stack: Stack, seed: int) -> Shop:
    company_id = UUID(str(ids.uuid7()))
    merchant = Merchant(await resources.enter_async_context(stack.gateway(company_id)), stack.tokens)
    await demo_shop.found(merchant)
    await demo_shop.stock_up(merchant, _products(seed), _PICTURES_URL, lambda _: None)
    sites = await demo_shop.open_sites(merchant)
    await merchant.remind(*demo_shop.MAIL_DELAYS, daily_cap=None)
    order_system = stack.cart_service(company_id, connections=_ORDERS_AT_ONCE, retries=Retries.none())
    await resources.enter_async_context(order_system)
    demo = DemoStack(
        stack=stack,
        company_id=company_id,
        sites=sites,
        products=await demo_shop.products_of(merchant),
        orders=order_system.orders(stack.tokens.service("order-system")),
        mails=SentMails(stack.messages_url, f"{company_id.hex[-12:]}.example"),
        ledger=Ledger(str(company_id)),
    )
    return Shop(demo, merchant)
