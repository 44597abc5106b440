"""One run: a shop, shoppers, faults, and the verdicts when everything has come to rest."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from localservers.concurrency import at_once
from rich.console import Console
from simulator.progress import stage, step
from simulator.stack import Stack

from chaos.checks.invariants import judge
from chaos.checks.violations import Run, Verdict
from chaos.databases import Databases
from chaos.faults.fault import Injected, Recurring
from chaos.faults.storm import Storm
from chaos.ledger import Entry, Ledger, read_ledger
from chaos.plan import Plan
from chaos.processes import Processes
from chaos.reading import read_records
from chaos.records import Records
from chaos.servers import Servers
from chaos.shop import open_shop
from chaos.shopping.commands import Commands
from chaos.shopping.crowd import Crowd
from chaos.shopping.journeys import JOURNEYS, Journeys
from chaos.shopping.pace import Pace
from chaos.waiting import Quiet, Waiting, until_quiet


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that things are broken in."""

    stack: Stack
    servers: Servers
    processes: Processes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run saw."""

    injected: Sequence[Injected]
    entries: Sequence[Entry]
    records: Records
    quiet: Quiet
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class Drill:
    """One run on a target; `ledger_file` is made anew, `seed` decides who does what and what breaks."""

    target: Target
    plan: Plan
    faults: Sequence[Recurring]
    seed: int
    ledger_file: Path
    console: Console
    journeys: Journeys = JOURNEYS

    async def run(self) -> Outcome:
        """Shop while things break, wait for quiet, and judge; raises ChaosError when it cannot begin."""
        with step(self.console, "A shop for the run"):
            shop = await open_shop(self.target.stack)
        waiting = Waiting(Databases(self.target.servers.postgres_url), self.target.servers.rabbitmq_url, shop)
        await waiting.begin()
        self.ledger_file.unlink(missing_ok=True)
        storm = Storm(self.target.processes, self.faults, self.plan.seconds, self.seed, self._show)
        with Ledger(self.ledger_file) as ledger:
            commands = Commands(ledger, Pace(self.plan.rate), self.plan.patience)
            crowd = Crowd(self.target.stack, shop, commands, self.plan.shoppers, self.seed, self.journeys)
            async with storm.watching():
                async with self._progress(ledger), crowd.shopping():
                    await storm.rage()
                    last_fault = asyncio.get_running_loop().time()
                with step(self.console, "Waiting until nothing is under way"):
                    quiet = await until_quiet(
                        waiting, since=last_fault, patience=self.plan.patience, steady=self.plan.steady
                    )
        with step(self.console, "Reading every database"):
            records = await read_records(waiting.databases, self.target.stack.messages_url, shop, waiting)
        entries = read_ledger(self.ledger_file)
        return Outcome(storm.injected, entries, records, quiet, judge(Run(shop, entries, records)))

    def _show(self, injected: Injected) -> None:
        self.console.print(
            f"  {injected.at:6.1f} s  {injected.kind}: {injected.subject}", highlight=False, soft_wrap=True
        )

    @asynccontextmanager
    async def _progress(self, ledger: Ledger) -> AsyncGenerator[None]:
        """Show how many commands have ended, while the block runs."""

        async def follow() -> None:
            shown = 0
            while True:
                count = len(ledger.entries)
                progress.advance(count - shown)
                shown = count
                await asyncio.sleep(1)

        with stage(self.console, "Shopping while things break", "commands") as progress:
            async with at_once() as group:
                following = group.create_task(follow())
                try:
                    yield
                finally:
                    following.cancel()
