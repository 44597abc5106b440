"""Open tabs: what thousands of streams cost one api process, and how soon a change reaches the tab that shows it."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import psutil
from cartwheel_client import Cartwheel
from simulator.merchant import Merchant
from simulator.tokens import Tokens

from bench.carts import GuestCart
from bench.errors import BenchError
from bench.histogram import Histogram
from bench.load.connection import Connection
from bench.load.requests import request
from bench.result import Load
from bench.session import Session
from bench.shop import PRODUCTS

WHERE: Final = "streams"
_OPENING_AT_ONCE: Final = 50
_PATIENCE_SECONDS: Final = 60.0
_READ_BYTES: Final = 1 << 20


@dataclass(slots=True)
class Tabs:
    """Open streams, one for each cart, and how soon each was sent what had changed of its cart."""

    latency: Histogram = field(default_factory=Histogram)
    changed_at: dict[str, float] = field(default_factory=dict)
    """When each cart was changed whose tab has not been shown it yet."""
    all_shown: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, cart_id: str) -> None:
        """Note that a change of this cart is on its way."""
        self.changed_at.setdefault(cart_id, time.perf_counter())
        self.all_shown.clear()

    def show(self, cart_id: str) -> None:
        """Note that its tab has been sent it."""
        since = self.changed_at.pop(cart_id, None)
        if since is not None:
            self.latency.add(time.perf_counter() - since)
        if not self.changed_at:
            self.all_shown.set()

    async def until_shown(self) -> int:
        """Wait until every change was shown; how many were not within the time that is given to them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.all_shown.wait()
        return len(self.changed_at)


async def streams(session: Session) -> None:
    """So many tabs on one process: its memory, changes of single carts, and a price that all of them show."""
    plan, stack = session.plan, session.stack
    carts = await session.shoppers.filled(plan.streams)
    api = psutil.Process(stack.pids()["cart-api"])
    before, tabs = api.memory_info().rss, Tabs()
    began = time.perf_counter()
    async with opened(session, carts, tabs):
        opening, after = time.perf_counter() - began, api.memory_info().rss
        mode = f"{len(carts):,} open"
        changes = _changes(session, carts, tabs)
        await session.measure(WHERE, "change to tab", f"{mode}, {plan.stream_rate}/s", changes)
        await session.measure(WHERE, "price to all tabs", mode, _new_price(session, carts, tabs))
        peak = api.memory_info().rss
    session.report.notes.append(
        f"{len(carts):,} streams were opened in {opening:.1f} s and took {_mib(after - before)} MiB of one api process"
        f" ({(after - before) / len(carts) / 1024:.0f} KiB each), {_mib(peak - before)} MiB after a price for all."
    )


@asynccontextmanager
async def opened(session: Session, carts: Sequence[GuestCart], tabs: Tabs) -> AsyncGenerator[None]:
    """Open a stream for each cart; when all have begun, go on reading them until the block ends."""
    gate, reading = asyncio.Semaphore(_OPENING_AT_ONCE), []
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            for begun in asyncio.as_completed([_open(session, cart, gate) for cart in carts]):
                cart, reader, writer = await begun
                reading.append((asyncio.create_task(_read(cart, reader, tabs)), writer))
        yield
    finally:
        for task, writer in reading:
            task.cancel()
            writer.close()


async def _open(
    session: Session, cart: GuestCart, gate: asyncio.Semaphore
) -> tuple[GuestCart, asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(session.stack.api_url)
    async with gate:
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=_READ_BYTES)
        writer.write(request("GET", f"/api/public/cart/{cart.id}/stream", session.shoppers.headers(cart)))
        status = await reader.readline()
        if b" 200 " not in status:
            raise BenchError(f"a stream was answered {status!r}")
        await _until_cart(reader)
    return cart, reader, writer


async def _read(cart: GuestCart, reader: asyncio.StreamReader, tabs: Tabs) -> None:
    while True:
        await _until_cart(reader)
        tabs.show(cart.id)


async def _until_cart(reader: asyncio.StreamReader) -> None:
    while line := await reader.readline():
        if line.startswith(b"event: cart"):
            await reader.readuntil(b"\n\n")
            return
    raise BenchError("a stream has ended")


async def _changes(session: Session, carts: Sequence[GuestCart], tabs: Tabs) -> Load:
    """Change the quantity of one cart after the other at a steady rate; the latency is from request to tab."""
    address, plan = urlsplit(session.stack.api_url), session.plan
    connection = await Connection.open(address.hostname or "", address.port or 80)
    cpu, began = time.process_time(), time.perf_counter()
    failed = 0
    for number in range(plan.stream_rate * plan.stream_seconds):
        await asyncio.sleep(max(0.0, began + number / plan.stream_rate - time.perf_counter()))
        cart = carts[number % len(carts)]
        body = {"quantity": 2 + number // len(carts) % 50}
        path = f"/api/public/cart/{cart.id}/items/{cart.lines[0]}"
        tabs.change(cart.id)
        answer = await connection.ask(request("PATCH", path, session.shoppers.headers(cart), body))
        failed += answer.status != 200
    connection.close()
    return await _load(tabs, began, cpu, failed)


async def _new_price(session: Session, carts: Sequence[GuestCart], tabs: Tabs) -> Load:
    """Give a product that every cart has another price; the latency is from the import's begin to each tab."""
    tokens = Tokens(session.stack.secrets.jwt_secret, session.stack.secrets.service_token_secret)
    dearer = json.loads(json.dumps(PRODUCTS[0]))
    dearer["variants"][0]["prices"]["USD"] += 100
    async with Cartwheel(session.stack.gateway_url, session.shop.company_id, timeout=_PATIENCE_SECONDS) as cartwheel:
        tabs.latency, cpu, began = Histogram(), time.process_time(), time.perf_counter()
        for cart in carts:
            tabs.change(cart.id)
        await Merchant(cartwheel, tokens).import_products([dearer])
        return await _load(tabs, began, cpu, 0)


async def _load(tabs: Tabs, began: float, cpu: float, failed: int) -> Load:
    missing = await tabs.until_shown() + failed
    shown = tabs.latency.total
    statuses = {"200": shown} | ({"not shown": missing} if missing else {})
    return Load(time.perf_counter() - began, statuses, tabs.latency, time.process_time() - cpu)


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f}"
