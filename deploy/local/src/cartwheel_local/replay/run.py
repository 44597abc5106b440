"""A whole replay: read the file, open a shop for it, shop every invoice again, and compare the days."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from localservers.home import Home
from rich.console import Console

from cartwheel_local.environment import Addresses
from cartwheel_local.reconciliation.analytics import Reports
from cartwheel_local.reconciliation.figures import Figure
from cartwheel_local.reconciliation.settling import Patience, settled
from cartwheel_local.replay.articles import product_ids
from cartwheel_local.replay.errors import UnreadableFile
from cartwheel_local.replay.reconciling import daily_figures
from cartwheel_local.replay.report import write_report
from cartwheel_local.replay.rows import read_rows
from cartwheel_local.replay.sales import CURRENCY, Reason, read_sale
from cartwheel_local.replay.shop import open_shop
from cartwheel_local.replay.shopping import Catalogue, PastShopper, connections, shop_all
from cartwheel_local.replay.staging import Staging
from cartwheel_local.replay.tally import Tally
from cartwheel_local.replay.view import show_figures, show_rows
from cartwheel_local.secrets import load_secrets
from cartwheel_local.seed.owner import ShopOwner
from cartwheel_local.seed.tokens import Tokens
from cartwheel_local.stages import stage


@dataclass(frozen=True, slots=True)
class Replay:
    """One run over a file, in a company of its own: the same file may be replayed any number of times."""

    home: Home
    addresses: Addresses
    console: Console
    file: Path
    carts_at_once: int
    company_id: UUID = field(default_factory=lambda: UUID(str(ids.uuid7())))

    @property
    def report_file(self) -> Path:
        """Where the report of this run goes."""
        return self.home.path / "replays" / f"{self.file.stem.partition('.')[0]}-{self.company_id}.json"

    async def run(self) -> Sequence[Figure]:
        """Do it all and return every figure compared.

        Raises UnreadableFile before anything is changed, and InvoiceRefused or LocalStackError on the way.
        """
        with Staging(self.home.run / f"replay-{self.company_id}.sqlite") as staging:
            tally = self._read(staging)
            show_rows(self.console, tally)
            async with httpx.AsyncClient(base_url=self.addresses.gateway_url) as client:
                owner = ShopOwner(client, Tokens(load_secrets(self.home)), self.company_id)
                await self._open(owner, staging)
                began = time.monotonic()
                await self._shop(owner, staging, tally)
                seconds = time.monotonic() - began
                figures = await self._compare(owner, tally)
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

    async def _open(self, owner: ShopOwner, staging: Staging) -> None:
        with stage(self.console, "Loading the catalogue", "products") as progress:
            await open_shop(owner, f"Replay of {self.file.name}", staging.articles(), progress.advance)

    async def _shop(self, owner: ShopOwner, staging: Staging, tally: Tally) -> None:
        token = owner.tokens.service("order-system", "backfill")
        limits, base_url = connections(self.carts_at_once), self.addresses.services["cart"]
        async with httpx.AsyncClient(base_url=base_url, limits=limits) as client:
            shopper = PastShopper(client, self.company_id, token, self._catalogue(staging))
            with stage(self.console, "Shopping", "carts", tally.invoices) as progress:
                await shop_all(shopper, staging.invoices(), self.carts_at_once, lambda _: progress.advance())

    def _catalogue(self, staging: Staging) -> Catalogue:
        """Which product and variant an item is; what was asked for lately is remembered, not the whole catalogue."""

        @lru_cache(maxsize=10_000)
        def of_code(code: str) -> dict[int, tuple[UUID, UUID]]:
            return dict(product_ids(self.company_id, code, staging.prices(code)))

        return lambda item: of_code(item.code)[item.pence]

    async def _compare(self, owner: ShopOwner, tally: Tally) -> Sequence[Figure]:
        days = tally.days()
        reports = Reports(owner, CURRENCY, min(days), max(days))
        with stage(self.console, "Waiting until everything is counted", "looks") as progress:
            return await settled(lambda: daily_figures(days, reports), Patience(), lambda _: progress.advance())
