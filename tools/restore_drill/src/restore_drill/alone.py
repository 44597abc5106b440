"""The drill of one service's database: its data goes wrong while shoppers shop, and only it goes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cartwheel_local.backups.catalogue import Backup
from cartwheel_local.backups.copying import database_at
from cartwheel_local.backups.recovering import Target
from cartwheel_local.backups.restoring_alone import RestoredAlone, manifest_alone, restore_alone
from cartwheel_local.console_reporter import ConsoleReporter
from cartwheel_local.secrets import Secrets, load_secrets
from cartwheel_local.stack import down, purge, up
from localservers.home import Home
from localservers.state import only_one
from manifests.model import Manifest
from simulator.reconciliation.figures import Figure
from simulator.stack import Stack

from restore_drill.figures import figures_alone
from restore_drill.ledger import Ledger, now
from restore_drill.losing import empty_tables
from restore_drill.shopping import Shop
from restore_drill.steps import (
    Plan,
    archived_moment,
    back_up,
    postgres_url,
    resend,
    shopping,
    until_counted,
)


@dataclass(frozen=True, slots=True)
class OutcomeAlone:
    """All that was seen; `away_seconds` from the loss until the service answered again."""

    service: str
    backups: Sequence[Backup]
    moment: datetime
    restored: RestoredAlone
    away_seconds: float
    figures: Sequence[Figure]
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class DrillAlone:
    """One drill; all that it makes is in its home, and ends with it."""

    home: Home
    plan: Plan
    service: str
    reporter: ConsoleReporter

    async def run(self) -> OutcomeAlone:
        """Do it all, and end what was started; raises LocalStackError for a step that failed."""
        manifest = manifest_alone(self.service)
        await purge(self.home)
        home = Home.at(self.home.path)
        try:
            with self.reporter.showing():
                return await self._run(home, load_secrets(home), manifest)
        finally:
            await down(home)

    async def _run(self, home: Home, secrets: Secrets, manifest: Manifest) -> OutcomeAlone:
        await up(home, self.reporter)
        shop = Shop(Stack.at(home.path), Ledger(home.path / "accepted.jsonl"))
        with self.reporter.step("A shop"):
            await shop.open()
        async with shopping(shop, self.plan.shoppers):
            backups = await back_up(home, secrets, self.plan, self.reporter)
            with self.reporter.step("Shopping on after the moment to go back to"):
                moment = await archived_moment(postgres_url(home))
                await shop.open_site()
                await asyncio.sleep(self.plan.unarchived)
            with self.reporter.step(f"All rows of {manifest.database} are deleted"):
                lost = now()
                await empty_tables(database_at(postgres_url(home), manifest.database))
            async with only_one(home):
                restored = await restore_alone(home, secrets, Target(moment), manifest, self.reporter)
            await up(home, self.reporter)
            away = (now() - lost).total_seconds()
            await resend(home, moment, self.reporter)
        more = partial(figures_alone, postgres_url(home), self.service, shop.company_id)
        figures = await until_counted(home, shop, self.reporter, more)
        accepted = sum(1 for _ in shop.ledger)
        return OutcomeAlone(self.service, backups, moment, restored, away, figures, accepted, shop.refused)
