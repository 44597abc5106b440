"""Cart and inventory in this process, each over a database of its own, and the events between them, taken by hand."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from cart.carts.use_cases.run_timers import DueCarts
from cart.clients import StockHolds
from cart.holds.use_cases.change_hold import HoldChanger
from cart.holds.use_cases.resolve_changes import ChangeResolver
from cart.main import SERVICE as CART
from cart.main import create_app as create_cart
from cart.rules.service import CompiledRulesCache
from cart.settings import CartSettings
from cart.subscriptions import subscriptions as cart_subscriptions
from contracts.base import Event
from contracts.cart import CartConverted, CartExpired, CartMerged
from contracts.envelope import Envelope
from contracts.inventory import HoldCommitted, HoldExpired, HoldPlaced, HoldReleased, ProductChanged
from contracts.registry import parse
from inventory.main import SERVICE as INVENTORY
from inventory.main import create_app as create_inventory
from inventory.settings import InventorySettings
from inventory.subscriptions import subscriptions as inventory_subscriptions
from servicekit.db import Database
from servicekit.messaging.subscriptions import Subscriptions
from servicekit.testing import Servers, client_of, deliver, make_settings
from servicekit.testing.databases import PoolSettings, fresh_database
from servicekit.testing.settings import SEAL_KEY
from servicekit.upstream.client import InternalClient

from .crossing import Crossing, crossing_to

TO_CART: tuple[type[Event], ...] = (ProductChanged, HoldPlaced, HoldReleased, HoldExpired, HoldCommitted)
TO_INVENTORY: tuple[type[Event], ...] = (CartConverted, CartExpired, CartMerged)
NOBODY = "http://127.0.0.1:9"
"""The discard port: pricing is away."""
PATIENCE_SECONDS = 30.0
"""How long cart waits for inventory: a call that is held up is let go by the test, not by the clock."""


@dataclass
class TwoServices:
    """Both services, the crossing between them, and cart's timers and job, which are run by hand."""

    cart: httpx.AsyncClient
    inventory: httpx.AsyncClient
    carts: Database
    stock: Database
    crossing: Crossing
    timers: DueCarts
    resolver: ChangeResolver


@asynccontextmanager
async def two_services(servers: Servers) -> AsyncGenerator[TwoServices]:
    """Start both, and stop them in the end."""
    async with AsyncExitStack() as own:
        stock_url = await own.enter_async_context(fresh_database(servers.postgres_url, INVENTORY))
        carts_url = await own.enter_async_context(fresh_database(servers.postgres_url, CART))
        stock_settings = make_settings(InventorySettings, servers, stock_url)
        inventory = await own.enter_async_context(client_of(create_inventory(stock_settings)))
        crossing = await own.enter_async_context(crossing_to(inventory))
        settings = make_settings(
            CartSettings,
            servers,
            carts_url,
            pricing_url=NOBODY,
            inventory_url=crossing.url,
            contact_seal_key=SEAL_KEY,
            internal_timeout_seconds=PATIENCE_SECONDS,
        )
        cart = await own.enter_async_context(client_of(create_cart(settings)))
        stock = await _opened(own, stock_url, "inventory")
        carts = await _opened(own, carts_url, "cart")
        upstream = InternalClient(crossing.url, "cart", settings, PATIENCE_SECONDS)
        own.push_async_callback(upstream.close)
        resolver = ChangeResolver(carts, HoldChanger(carts, StockHolds(upstream)))
        timers = DueCarts(carts, CompiledRulesCache())
        yield TwoServices(cart, inventory, carts, stock, crossing, timers, resolver)


async def _opened(own: AsyncExitStack, url: str, service: str) -> Database:
    database = await Database.open(PoolSettings(url), service=service)
    own.push_async_callback(database.close)
    return database


@dataclass
class Mail:
    """One company's events from one service to the other: each is delivered once, in any order."""

    source: Database
    target: Database
    subscriptions: Subscriptions[object]
    types: tuple[type[Event], ...]
    company_id: UUID
    delivered: dict[UUID, Envelope[Event]] = field(default_factory=dict)

    async def waiting(self) -> list[Envelope[Event]]:
        """What was published and has not been delivered, the oldest first."""
        async with self.source.unit(self.company_id) as unit:
            rows = await unit.fetch(
                "SELECT event_id, type, aggregate_id, aggregate_version, occurred_at, dataschema, data FROM outbox"
                " WHERE company_id = $1 AND type = ANY ($2) ORDER BY id",
                self.company_id,
                [it.type for it in self.types],
            )
        found = [
            Envelope[dict[str, object]](  # type: ignore[type-var]  # its data is read by `parse`, as from the wire
                id=row["event_id"],
                source="test",
                type=row["type"],
                subject=row["aggregate_id"],
                time=row["occurred_at"],
                dataschema=row["dataschema"],
                companyid=self.company_id,
                aggregateversion=row["aggregate_version"],
                data=row["data"],
            )
            for row in rows
            if row["event_id"] not in self.delivered
        ]
        return [parse(it.type, it.model_dump_json(by_alias=True).encode()) for it in found]

    async def deliver(self, event: Envelope[Event]) -> None:
        """Deliver one of them, for the first time or again."""
        self.delivered[event.id] = event
        await deliver(self.subscriptions, event, self.target)


def mails(services: TwoServices, company_id: UUID) -> tuple[Mail, Mail]:
    """A company's mail from inventory to cart, and from cart to inventory."""
    to_cart: Subscriptions[object] = cart_subscriptions  # type: ignore[assignment]  # no handler of these reads the parts
    to_inventory: Subscriptions[object] = inventory_subscriptions  # type: ignore[assignment]  # it has no parts
    return (
        Mail(services.stock, services.carts, to_cart, TO_CART, company_id),
        Mail(services.carts, services.stock, to_inventory, TO_INVENTORY, company_id),
    )
