"""A whole demo: a shop, a crowd of shoppers, and their ledger against analytics at the end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from aio_pika.exceptions import AMQPError
from localservers.concurrency import at_once
from rich.console import Console

from simulator.catalogue.pictures import hang_pictures
from simulator.catalogue.products import invent
from simulator.demo import shop
from simulator.demo.counted import reconcile
from simulator.demo.crowd import shop_all
from simulator.demo.ledger import Ledger
from simulator.demo.queue_monitor import QueueMonitor, connect, queues_of_services
from simulator.demo.reconciling import ledger_file
from simulator.demo.sent_mails import SentMails
from simulator.demo.stack import DemoStack
from simulator.demo.view import View
from simulator.merchant import Merchant
from simulator.progress import stage, step
from simulator.reconciliation.figures import Figure
from simulator.reconciliation.quiescence import Patience, until_quiescent
from simulator.stack import Stack

_OBSERVING_SECONDS: Final = 1.0
_PATIENCE: Final = Patience(steady=shop.MAIL_DELAYS[-1] + 3.0)
"""Longer than the campaign's last mail takes, so that nothing is under way any more when a demo ends."""
_ORDERS_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Demo:
    """One run, in a company of its own; who does what is the same for the same seed."""

    stack: Stack
    console: Console
    shoppers: int
    seconds: float
    seed: int
    company_id: UUID = field(default_factory=lambda: UUID(str(ids.uuid7())))

    async def run(self) -> Sequence[Figure]:
        """Do it all and return every figure compared.

        Raises WrongAnswer, or what the client raises, when a shopper was answered wrongly. The ledger is kept in the
        home whatever happens.
        """
        ledger = Ledger(str(self.company_id))
        async with AsyncExitStack() as resources:
            cartwheel = await resources.enter_async_context(self.stack.gateway(self.company_id))
            merchant = Merchant(cartwheel, self.stack.tokens)
            monitor = await self._monitor(resources)
            demo_stack = await self._open(resources, merchant, ledger, monitor)
            view = View(self.console, ledger, demo_stack.mails, self.shoppers)
            try:
                return await self._play(demo_stack, merchant, view, monitor)
            finally:
                ledger_file(self.stack).parent.mkdir(exist_ok=True)
                ledger.save(ledger_file(self.stack))

    async def _monitor(self, resources: AsyncExitStack) -> QueueMonitor:
        connection = await resources.enter_async_context(await connect(self.stack.rabbitmq_url))
        analytics = httpx.AsyncClient(base_url=self.stack.analytics_url, timeout=30)
        client = await resources.enter_async_context(analytics)
        token = self.stack.tokens.service("demo")
        return QueueMonitor(connection, client, queues_of_services(), self.company_id, token)

    async def _open(
        self, resources: AsyncExitStack, merchant: Merchant, ledger: Ledger, monitor: QueueMonitor
    ) -> DemoStack:
        """Make the shop and wait until every service has received all of it."""
        products = invent(self.seed)
        with stage(self.console, "Drawing pictures", "pictures", len(products)) as progress:
            pictures_url = await hang_pictures(self.stack.s3_url, products, progress.advance)
        with stage(self.console, "Loading the catalogue", "products", len(products)) as progress:
            await shop.found(merchant)
            await shop.stock_up(merchant, products, pictures_url, progress.advance)
        on_the_shelves = await shop.products_of(merchant)
        bundles = await shop.sell_together(merchant, on_the_shelves)
        with step(self.console, "Two sites, and a campaign of mails"):
            sites = await shop.open_sites(merchant)
            await _until_queues_are_empty(monitor)
            await merchant.remind(*shop.MAIL_DELAYS, daily_cap=None)
        order_system = self.stack.cart_service(self.company_id, connections=_ORDERS_AT_ONCE)
        await resources.enter_async_context(order_system)
        return DemoStack(
            stack=self.stack,
            company_id=self.company_id,
            sites=sites,
            products=on_the_shelves,
            orders=order_system.orders(self.stack.tokens.service("order-system")),
            mails=SentMails(self.stack.messages_url, f"{self.company_id.hex[-12:]}.example"),
            ledger=ledger,
            bundles=bundles,
        )

    async def _play(
        self, demo_stack: DemoStack, merchant: Merchant, view: View, monitor: QueueMonitor
    ) -> Sequence[Figure]:
        def gone_home() -> None:
            view.done += 1

        async def look() -> Sequence[Figure]:
            demo_stack.ledger.mails = demo_stack.mails.count
            return await reconcile(demo_stack.ledger, merchant.staff.analytics, shop.CURRENCIES)

        with view.live():
            async with demo_stack.mails.kept_up_to_date(), _observing(monitor, view):
                await shop_all(demo_stack, shoppers=self.shoppers, seconds=self.seconds, seed=self.seed, done=gone_home)
                view.doing = "Waiting until everything is counted"
                return await until_quiescent(look, _PATIENCE)


@asynccontextmanager
async def _observing(monitor: QueueMonitor, view: View) -> AsyncIterator[None]:
    """Observe the queues again and again while the block runs; failing to is no reason to stop."""

    async def observe() -> None:
        while True:
            with suppress(httpx.HTTPError, AMQPError, ConnectionError):
                view.observe(await monitor.events(), await monitor.depths())
            await asyncio.sleep(_OBSERVING_SECONDS)

    async with at_once() as group:
        observing = group.create_task(observe())
        yield
        observing.cancel()


async def _until_queues_are_empty(monitor: QueueMonitor) -> None:
    """Wait until nothing waits in any queue, twice in a row; what comes later is fetched by who needs it."""
    quiet = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while quiet < 2:
                quiet = 0 if any((await monitor.depths()).values()) else quiet + 1
                await asyncio.sleep(0.5)
