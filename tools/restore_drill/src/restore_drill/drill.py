"""The drill: backup under load, loss, restore, what was forgotten published again, and the judgement."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cartwheel_client import Retries
from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.queues import empty_queues
from cartwheel_local.backups.recovering import Target
from cartwheel_local.backups.restoring import Restored, restore
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.stack import down, purge, up
from localservers.home import Home
from localservers.state import only_one
from simulator.reconciliation.figures import Figure
from simulator.stack import Stack

from restore_drill.comparing import Comparison, compare
from restore_drill.figures import carts_of
from restore_drill.ledger import Ledger, now
from restore_drill.losing import lose_postgres
from restore_drill.shopping import Shop
from restore_drill.steps import Plan, archived_moment, back_up, postgres_url, resend, shopping, until_counted


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
        async with shopping(shop, self.plan.shoppers):
            backups = await back_up(home, secrets, self.plan, self.reporter)
            with self.reporter.step("Shopping on after the last archived WAL"):
                moment = await archived_moment(postgres_url(home))
                await asyncio.sleep(self.plan.unarchived)
            with self.reporter.step("PostgreSQL is killed, its data directory deleted"):
                loss = await lose_postgres(home)
        restored, emptied = await self._bring_back(home, secrets, moment if self.plan.to_moment else None)
        with self.reporter.step("A shopper is served again"):
            selling_again = await _first_sale(shop)
        carts = await carts_of(postgres_url(home), shop.company_id)
        lost_from = moment if self.plan.to_moment else None
        comparison = compare(_without(shop.ledger, selling_again, loss), carts, kept_until=moment, lost_from=lost_from)
        await resend(home, restored.last_commit or moment, self.reporter)
        figures = await until_counted(home, shop, self.reporter)
        return Outcome(backups, loss, selling_again, restored, emptied, comparison, figures, shop.refused)

    async def _bring_back(self, home: Home, secrets: Secrets, moment: datetime | None) -> tuple[Restored, int]:
        async with only_one(home):
            restored = await restore(home, secrets, Target(moment), self.reporter)
            with self.reporter.step("Queues emptied"):
                emptied = await empty_queues(home, secrets)
        await up(home, self.reporter)
        return restored, emptied


async def _first_sale(shop: Shop) -> datetime:
    service = shop.stack.cart_service(shop.company_id, connections=1, retries=Retries())
    async with service as order_system:
        await shop.shop_once(order_system.orders(shop.stack.tokens.service("order-system")))
    return now()


def _without(ledger: Ledger, until: datetime, loss: datetime) -> Ledger:
    """The ledger without what was accepted between the loss and then, by the restored stack."""
    return Ledger(ledger.file, [one for one in ledger if not loss < one.sent <= until])
