"""What the phases of a run share: the stack, the shop, and one way to measure a load."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench.carts import Shoppers
from bench.cpu import cpu_seconds, spent_between
from bench.load import requests as files
from bench.load.closed import closed_loop
from bench.load.open import open_loop
from bench.plan import Plan
from bench.report import Report, one_line
from bench.result import Load, Measurement
from bench.shop import Shop
from bench.stack import Stack

_PARTS = {"api": "cart-api", "postgres": "postgres", "redis": "redis", "gateway": "gateway", "pricing": "pricing-api"}


@dataclass(frozen=True, slots=True)
class Session:
    """One run."""

    plan: Plan
    stack: Stack
    shop: Shop
    shoppers: Shoppers
    report: Report
    console: Console
    directory: Path
    """For files that are needed during the run."""
    results: Path
    """Where the run is kept, without the ending."""
    scale: float = 0.01
    """How many carts the database is filled with, as a share of those that growth is meant for."""

    async def requests_of(self, operation: str, count: int) -> list[bytes]:
        """So many requests of an operation, on carts that are made for it now."""
        match operation:
            case "create cart":
                return self.shoppers.creations(count)
            case "add item":
                return await self.shoppers.adds(count)
            case "get cart":
                return await self.shoppers.reads(min(count, 500))
            case "apply code":
                return await self.shoppers.codes(count)
            case "wish":
                return await self.shoppers.wishes(count)
            case _:
                raise ValueError(operation)

    async def closed(
        self,
        where: str,
        operation: str,
        connections: int,
        address: str,
        requests: Sequence[bytes],
        *,
        api: Sequence[int] | None = None,
    ) -> Measurement:
        """Measure a closed loop; `api` as in `measure`."""
        load = closed_loop(address, self.write(requests), connections=connections, seconds=self.plan.seconds)
        return await self.measure(where, operation, f"closed, {connections}", load, api=api)

    async def open(
        self, where: str, operation: str, address: str, requests: Sequence[bytes], rate: float, seconds: float
    ) -> Measurement:
        """Measure an open loop."""
        load = open_loop(address, self.write(requests), rate=rate, seconds=seconds)
        return await self.measure(where, operation, f"open, {rate:.0f}/s", load)

    async def measure(
        self, where: str, operation: str, mode: str, load: Awaitable[Load], *, api: Sequence[int] | None = None
    ) -> Measurement:
        """Take a measurement, and keep it: see `take`."""
        measurement = await self.take(where, operation, mode, load, api=api)
        self.keep(measurement)
        return measurement

    def keep(self, measurement: Measurement) -> None:
        """Have a measurement in the report, and show it."""
        self.report.measurements.append(measurement)
        self.console.print(one_line(measurement), highlight=False, soft_wrap=True)

    async def take(
        self, where: str, operation: str, mode: str, load: Awaitable[Load], *, api: Sequence[int] | None = None
    ) -> Measurement:
        """Await a load, and note what it and each part of the stack spent.

        `api` are the pids of what answers instead of the api, none when nothing does.
        """
        running = self.stack.pids()
        parts: dict[str, Sequence[int]] = {part: [running[name]] for part, name in _PARTS.items() if name in running}
        if api is not None:
            parts["api"] = api
        parts = {part: pids for part, pids in parts.items() if pids}
        before = cpu_seconds(parts)
        seen = await load
        return Measurement(where, operation, mode, seen, spent_between(before, cpu_seconds(parts)))

    def write(self, requests: Sequence[bytes]) -> Path:
        """Write requests where a load generator reads them; the last ones are overwritten."""
        file = self.directory / "requests"
        files.write(file, requests)
        return file
