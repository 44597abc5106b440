"""The drill: backup under load, loss, restore, what was forgotten published again, and the judgement."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from cartwheel_client import Retries
from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.queues import empty_queues
from cartwheel_local.backups.restoring import Restored, Target, restore
from cartwheel_local.backups.taking import take_backup
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.stack import down, purge, up
from localservers.errors import LocalStackError
from localservers.files import read_env
from localservers.home import Home
from localservers.state import only_one
from simulator.merchant import Merchant
from simulator.reconciliation.figures import Figure
from simulator.reconciliation.quiescence import Patience, until_quiescent
from simulator.stack import Stack

from restore_drill.comparing import Comparison, compare
from restore_drill.figures import carts_of, reconcile, waiting_events
from restore_drill.ledger import Ledger, now
from restore_drill.losing import lose_postgres
from restore_drill.shopping import Shop

_ARCHIVING_SECONDS = 120.0
_RESEND_MARGIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, in seconds, shoppers shop before each backup and between the last archived WAL and the loss.

    `to_moment`: restore to the moment that was noted then, and not to the newest.
    """

    before: float
    unarchived: float
    shoppers: int
    to_moment: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that was seen; times are of this machine's clock."""

    backups: Sequence[Backup]
    loss: datetime
    selling_again: datetime
    restored: Restored
    emptied: int
    comparison: Comparison
    figures: Sequence[Figure]
    refused: int

    @property
    def recovery_seconds(self) -> float:
        """From the loss until a shopper was served again."""
        return (self.selling_again - self.loss).total_seconds()


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill; all that it makes is in its home, and ends with it."""

    home: Home
    plan: Plan
    reporter: ConsoleReporter

    async def run(self) -> Outcome:
        """Do it all, and end what was started; raises LocalStackError for a step that failed."""
        await purge(self.home)
        home = Home.at(self.home.path)
        try:
            with self.reporter.showing():
                return await self._run(home, load_secrets(home))
        finally:
            await down(home)

    async def _run(self, home: Home, secrets: Secrets) -> Outcome:
        await up(home, self.reporter)
        stack = Stack.at(home.path)
        shop = Shop(stack, Ledger(home.path / "accepted.jsonl"))
        with self.reporter.step("A shop"):
            await shop.open()
        async with self._shopping(shop):
            backups = await self._back_up(home, secrets)
            with self.reporter.step("Shopping on after the last archived WAL"):
                moment = await _archived_moment(_postgres_url(home))
                await asyncio.sleep(self.plan.unarchived)
            with self.reporter.step("PostgreSQL is killed, its data directory deleted"):
                loss = await lose_postgres(home)
        restored, emptied = await self._bring_back(home, secrets, moment if self.plan.to_moment else None)
        with self.reporter.step("A shopper is served again"):
            selling_again = await _first_sale(shop)
        carts = await carts_of(_postgres_url(home), shop.company_id)
        lost_from = moment if self.plan.to_moment else None
        comparison = compare(_without(shop.ledger, selling_again, loss), carts, kept_until=moment, lost_from=lost_from)
        await self._resend(home, restored.last_commit or moment)
        figures = await self._reconcile(home, shop)
        return Outcome(backups, loss, selling_again, restored, emptied, comparison, figures, shop.refused)

    @asynccontextmanager
    async def _shopping(self, shop: Shop) -> AsyncIterator[None]:
        stop = asyncio.Event()
        crowd = asyncio.create_task(shop.shop_until(stop, shoppers=self.plan.shoppers))
        try:
            yield
        finally:
            stop.set()
            await crowd

    async def _back_up(self, home: Home, secrets: Secrets) -> Sequence[Backup]:
        taken = []
        for kind in ("full", "incr"):
            with self.reporter.step(f"Shopping before the {kind} backup"):
                await asyncio.sleep(self.plan.before)
            async with only_one(home):
                taken.append((await take_backup(home, secrets, kind, self.reporter)).backup)
        return taken

    async def _bring_back(self, home: Home, secrets: Secrets, moment: datetime | None) -> tuple[Restored, int]:
        async with only_one(home):
            restored = await restore(home, secrets, Target(moment), self.reporter)
            with self.reporter.step("Queues emptied"):
                emptied = await empty_queues(home, secrets)
        await up(home, self.reporter)
        return restored, emptied

    async def _resend(self, home: Home, moment: datetime) -> None:
        """Publish again what consumers may have forgotten, as an operator would."""
        with self.reporter.step("Outboxes published again"):
            since = f"{moment - _RESEND_MARGIN:%Y-%m-%dT%H:%M:%S}"
            command = [sys.executable, "-m", "cartwheel_local", "run", "all", "resend", "--since", since]
            environment = {"CARTWHEEL_HOME": str(home.path), "PATH": "/usr/bin:/bin"}
            done = await asyncio.to_thread(
                subprocess.run, command, env=environment, capture_output=True, text=True, check=False
            )
        if done.returncode:
            raise LocalStackError(f"resend failed: {done.stdout[-500:]} {done.stderr[-500:]}")

    async def _reconcile(self, home: Home, shop: Shop) -> Sequence[Figure]:
        address = _postgres_url(home)
        async with shop.stack.gateway(shop.company_id) as cartwheel:
            merchant = Merchant(cartwheel, shop.stack.tokens)

            async def look() -> Sequence[Figure]:
                figures = await reconcile(address, merchant, shop.ledger)
                waiting = await waiting_events(address)
                return (*figures, Figure("events that wait in an outbox", 0, waiting))

            with self.reporter.step("Waiting until everything is counted"):
                return await until_quiescent(look, Patience(still=60.0))


async def _archived_moment(postgres_url: str) -> datetime:
    """Have all that is committed until now archived, and return that moment."""
    connection = await asyncpg.connect(postgres_url)
    try:
        moment: datetime = await connection.fetchval("SELECT clock_timestamp()")
        # A record after the moment, so that PostgreSQL sees that it has been reached.
        await connection.execute("SELECT txid_current()")
        segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")
        async with asyncio.timeout(_ARCHIVING_SECONDS):
            while (await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver") or "") < segment:  # noqa: ASYNC110  # another process archives
                await asyncio.sleep(0.1)
        return moment
    finally:
        await connection.close()


async def _first_sale(shop: Shop) -> datetime:
    service = shop.stack.cart_service(shop.company_id, connections=1, retries=Retries())
    async with service as order_system:
        await shop.shop_once(order_system.orders(shop.stack.tokens.service("order-system")))
    return now()


def _without(ledger: Ledger, until: datetime, loss: datetime) -> Ledger:
    """The ledger without what was accepted between the loss and then, by the restored stack."""
    return Ledger(ledger.file, [one for one in ledger if not loss < one.sent <= until])


def _postgres_url(home: Home) -> str:
    return read_env(home.env_file)["POSTGRES_URL"]
