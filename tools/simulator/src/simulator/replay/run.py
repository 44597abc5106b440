"""A whole replay: read the file, open a shop for it, shop every invoice again, and compare the days."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import uuid_utils.compat as ids
from rich.console import Console

from simulator.merchant import Merchant
from simulator.progress import stage
from simulator.reconciliation.analytics import Reports
from simulator.reconciliation.figures import Figure
from simulator.reconciliation.quiescence import Patience, until_quiescent
from simulator.replay.articles import product_ids
from simulator.replay.errors import UnreadableFile
from simulator.replay.opening import open_shop
from simulator.replay.reconciling import daily_figures
from simulator.replay.report import write_report
from simulator.replay.rows import read_rows
from simulator.replay.sales import CURRENCY, Reason, read_sale
from simulator.replay.shopping import Catalogue, PastShopper, shop_all
from simulator.replay.staging import Staging
from simulator.replay.tally import Tally
from simulator.replay.view import show_figures, show_rows
from simulator.stack import Stack


@dataclass(frozen=True, slots=True)
class Replay:
    """One run over a file, in a company of its own: the same file may be replayed any number of times."""

    stack: Stack
    console: Console
    file: Path
    carts_at_once: int
    company_id: UUID = field(default_factory=lambda: UUID(str(ids.uuid7())))

    @property
    def report_file(self) -> Path:
        """Where the report of this run goes."""
        return self.stack.directory / "replays" / f"{self.file.stem.partition('.')[0]}-{self.company_id}.json"

    async def run(self) -> Sequence[Figure]:
        """Do it all and return every figure compared.

        Raises UnreadableFile before anything is changed, and InvoiceRefused or what the client raises on the way.
        """
        with Staging(self.stack.directory / "run" / f"replay-{self.company_id}.sqlite") as staging:
            tally = self._read(staging)
            show_rows(self.console, tally)
            async with self.stack.gateway(self.company_id) as cartwheel:
                merchant = Merchant(cartwheel, self.stack.tokens)
                await self._open(merchant, staging)
                began = time.monotonic()
                await self._shop(staging, tally)
                seconds = time.monotonic() - began
                figures = await self._compare(merchant, tally)
        show_figures(self.console, figures)
        write_report(
            self.report_file,
            file=self.file,
            company_id=self.company_id,
            tally=tally,
            figures=figures,
            seconds=seconds,
        )
        return figures

    def _read(self, staging: Staging) -> Tally:
        tally, now = Tally(), datetime.now(UTC)
        with stage(self.console, "Reading the file", "rows") as progress:
            for row in read_rows(self.file):
                sale = read_sale(row, now)
                if isinstance(sale, Reason):
                    tally.reject(row.line, sale)
                else:
                    tally.add(sale)
                    staging.add(sale)
                progress.advance()
        staging.complete()
        if not tally.invoices:
            raise UnreadableFile(f"{self.file}: none of its {tally.rows} rows is a sale")
        return tally

    async def _open(self, merchant: Merchant, staging: Staging) -> None:
        with stage(self.console, "Loading the catalogue", "products") as progress:
            await open_shop(merchant, f"Replay of {self.file.name}", staging.articles(), progress.advance)

    async def _shop(self, staging: Staging, tally: Tally) -> None:
        token = self.stack.tokens.service("order-system", "backfill")
        async with self.stack.cart_service(self.company_id, connections=self.carts_at_once) as cartwheel:
            shopper = PastShopper(cartwheel, token, self._catalogue(staging))
            with stage(self.console, "Shopping", "carts", tally.invoices) as progress:
                await shop_all(shopper, staging.invoices(), self.carts_at_once, lambda _: progress.advance())

    def _catalogue(self, staging: Staging) -> Catalogue:
        """Which product and variant an item is; what was looked up lately is remembered, not the whole catalogue."""

        @lru_cache(maxsize=10_000)
        def of_code(code: str) -> dict[int, tuple[UUID, UUID]]:
            return dict(product_ids(self.company_id, code, staging.prices(code)))

        return lambda item: of_code(item.code)[item.pence]

    async def _compare(self, merchant: Merchant, tally: Tally) -> Sequence[Figure]:
        days = tally.days()
        reports = Reports(merchant.staff.analytics, CURRENCY, min(days), max(days))
        with stage(self.console, "Waiting until everything is counted", "looks") as progress:
            return await until_quiescent(lambda: daily_figures(days, reports), Patience(), lambda _: progress.advance())
