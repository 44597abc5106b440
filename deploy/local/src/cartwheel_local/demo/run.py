"""A whole demo: a shop, a crowd of shoppers, and their ledger against analytics at the end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from aio_pika.exceptions import AMQPError
from localservers.concurrency import at_once
from localservers.home import Home
from rich.console import Console

from cartwheel_local.catalogue.pictures import hang_pictures
from cartwheel_local.catalogue.products import invent
from cartwheel_local.demo import pulse
from cartwheel_local.demo.counted import reconcile
from cartwheel_local.demo.crowd import shop
from cartwheel_local.demo.ledger import Ledger
from cartwheel_local.demo.post import Post
from cartwheel_local.demo.pulse import Pulse
from cartwheel_local.demo.shop import CURRENCIES, MAIL_DELAYS, DemoShop
from cartwheel_local.demo.view import View
from cartwheel_local.demo.world import OrderSystem, World
from cartwheel_local.environment import Addresses
from cartwheel_local.face import Face
from cartwheel_local.reconciliation.figures import Figure
from cartwheel_local.reconciliation.settling import Patience, settled
from cartwheel_local.secrets import load_secrets
from cartwheel_local.seed.owner import ShopOwner
from cartwheel_local.seed.tokens import Tokens
from cartwheel_local.stages import stage

HOLD_SECONDS: Final = 15
"""How long a hold lasts while the demo runs, so that some are seen to expire: INVENTORY_HOLD_DURATION_SECONDS."""
_PULSE_SECONDS: Final = 1.0
_PATIENCE: Final = Patience(steady=MAIL_DELAYS[-1] + 3.0)
"""Longer than the campaign's last mail takes, so that nothing is under way any more when a demo ends."""
_ORDERS_AT_ONCE: Final = 20


def ledger_file(home: Home) -> Path:
    """Where the last demo's ledger is."""
    return home.path / "demo" / "ledger.json"


@dataclass(frozen=True, slots=True)
class Demo:
    """One run, in a company of its own; who does what is the same for the same seed."""

    home: Home
    addresses: Addresses
    console: Console
    shoppers: int
    seconds: float
    seed: int
    company_id: UUID = field(default_factory=lambda: UUID(str(ids.uuid7())))

    async def run(self) -> Sequence[Figure]:
        """Do it all and return every figure compared; raises Surprised when a shopper was answered wrongly.

        The ledger is kept in the home whatever happens.
        """
        ledger = Ledger(str(self.company_id))
        async with AsyncExitStack() as stack:
            gateway = await stack.enter_async_context(httpx.AsyncClient(base_url=self.addresses.gateway_url))
            owner = ShopOwner(gateway, Tokens(load_secrets(self.home)), self.company_id)
            felt = await self._pulse(stack, owner)
            world = await self._open(stack, DemoShop(owner), ledger, felt)
            view = View(self.console, ledger, world.post, self.shoppers)
            try:
                return await self._play(world, owner, view, felt)
            finally:
                ledger_file(self.home).parent.mkdir(exist_ok=True)
                ledger.save(ledger_file(self.home))

    async def _pulse(self, stack: AsyncExitStack, owner: ShopOwner) -> Pulse:
        connection = await stack.enter_async_context(await pulse.connect(self.addresses.servers.rabbitmq_url))
        analytics = httpx.AsyncClient(base_url=self.addresses.services["analytics"], timeout=30)
        token = owner.tokens.service("demo")
        return Pulse(connection, await stack.enter_async_context(analytics), self.company_id, token)

    async def _open(self, stack: AsyncExitStack, shop: DemoShop, ledger: Ledger, felt: Pulse) -> World:
        """Make the shop and wait until every service has heard of all of it."""
        face, products = Face(self.console), invent(self.seed)
        with stage(self.console, "Drawing pictures", "pictures", len(products)) as progress:
            pictures_url = await hang_pictures(self.addresses.mail.aws_url, products, progress.advance)
        with stage(self.console, "Loading the catalogue", "products", len(products)) as progress:
            await shop.found()
            await shop.stock_up(products, pictures_url, progress.advance)
        with face.showing(), face.step("Two sites, and a campaign of mails"):
            sites = await shop.open_sites()
            await _heard(felt)
            await shop.remind()
        limits = httpx.Limits(max_connections=_ORDERS_AT_ONCE)
        orders = httpx.AsyncClient(base_url=self.addresses.services["cart"], limits=limits, timeout=60)
        token = shop.owner.tokens.service("order-system")
        return World(
            api_url=self.addresses.gateway_url,
            company_id=self.company_id,
            sites=sites,
            products=await shop.products(),
            tokens=shop.owner.tokens,
            orders=OrderSystem(await stack.enter_async_context(orders), self.company_id, token),
            post=Post(self.addresses.mail.messages_url, f"{self.company_id.hex[-12:]}.example"),
            ledger=ledger,
        )

    async def _play(self, world: World, owner: ShopOwner, view: View, felt: Pulse) -> Sequence[Figure]:
        def gone_home() -> None:
            view.done += 1

        async def look() -> Sequence[Figure]:
            world.ledger.mails = world.post.delivered
            return await reconcile(world.ledger, owner, CURRENCIES)

        with view.live():
            async with world.post.delivering(), _feeling(felt, view):
                await shop(world, shoppers=self.shoppers, seconds=self.seconds, seed=self.seed, done=gone_home)
                view.doing = "Waiting until everything is counted"
                return await settled(look, _PATIENCE)


@asynccontextmanager
async def _feeling(felt: Pulse, view: View) -> AsyncIterator[None]:
    """Take the pulse again and again while the block runs; one that cannot be felt is no reason to stop."""

    async def feel() -> None:
        while True:
            with suppress(httpx.HTTPError, AMQPError, ConnectionError):
                view.feel(await felt.events(), await felt.depths())
            await asyncio.sleep(_PULSE_SECONDS)

    async with at_once() as group:
        feeling = group.create_task(feel())
        yield
        feeling.cancel()


async def _heard(felt: Pulse) -> None:
    """Wait until nothing waits in any queue, twice in a row; what comes later is asked for by who needs it."""
    quiet = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while quiet < 2:
                quiet = 0 if any((await felt.depths()).values()) else quiet + 1
                await asyncio.sleep(0.5)
