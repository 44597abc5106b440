"""A run: every operation under a hundred shoppers, the loads of an hour, and the machine's own limit."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.progress import stage

from bench.baselines.judging import SHOPPERS_ROW, row_of
from bench.baselines.plan import BASELINES, HOURS, SHOPPERS, Arrivals, HourlyLoad, LoadPlan, arrivals_of
from bench.baselines.shopping import Shopping
from bench.errors import BenchError
from bench.load import requests as files
from bench.load.open import open_loop
from bench.phases import limits
from bench.report import one_line
from bench.result import Measurement
from bench.session import Session

PATIENCE_SECONDS: Final = 60.0
"""How long services may refuse to make carts, after an operation that was too much for them."""


@dataclass(frozen=True, slots=True)
class LoadRun:
    """One run on the stack of a session, in whose report it notes what it finds."""

    session: Session
    plan: LoadPlan
    shopping: Shopping

    async def run(self) -> None:
        """Measure everything of the plan; raises BenchError when a cart cannot be made or a load generator fails."""
        console = self.session.console
        with stage(console, "Operations", "operations", len(BASELINES)) as operations:
            for baseline in BASELINES:
                await self._operation(baseline.operation)
                operations.advance()
        with stage(console, "Hours", "loads", len(HOURS)) as hours:
            for load in HOURS:
                await self._hour(load)
                hours.advance()
        await limits(self.session)

    async def _operation(self, operation: str) -> None:
        """The whole platform works; each of the shoppers' connections is used in turn."""
        rate, seconds = SHOPPERS, self.plan.operation_seconds
        requests = await self._requests(operation, rate * seconds)
        address, file = self.shopping.address_of(operation), self.session.write(requests)
        load = open_loop(address, file, rate=rate, seconds=seconds, connections=SHOPPERS)
        pid = self.session.stack.pids()[f"{self.shopping.service_of(operation)}-api"]
        await self.session.measure(SHOPPERS_ROW, operation, f"open, {rate}/s", load, api=[pid])

    async def _hour(self, load: HourlyLoad) -> None:
        """All operations of the load at once, each from a load generator of its own."""
        arrivals = list(arrivals_of(load, self.plan.hour_seconds))
        written = [await self._written(one) for one in arrivals]
        found = await asyncio.gather(*(self._send(load, *one) for one in zip(arrivals, written, strict=True)))
        for measurement in found:
            self.session.report.measurements.append(measurement)
            self.session.console.print(one_line(measurement), highlight=False, soft_wrap=True)

    async def _written(self, arrivals: Arrivals) -> Path:
        file = self.session.directory / f"requests-{arrivals.operation.replace(' ', '-')}"
        files.write(file, await self._requests(arrivals.operation, arrivals.count))
        return file

    async def _requests(self, operation: str, count: int) -> list[bytes]:
        """Requests on carts that are made now; tried again while services are still busy with what came before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await self.shopping.requests(operation, count)
            except BenchError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(1)

    async def _send(self, load: HourlyLoad, arrivals: Arrivals, file: Path) -> Measurement:
        address, rate = self.shopping.address_of(arrivals.operation), arrivals.rate
        found = await open_loop(address, file, rate=rate, seconds=self.plan.hour_seconds)
        return Measurement(row_of(load.name), arrivals.operation, f"open, {rate:.2f}/s", found, {})
