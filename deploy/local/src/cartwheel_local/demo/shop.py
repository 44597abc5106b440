"""The demo's shop: a company of its own for each run, two sites, two currencies, everything by settings and data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import uuid_utils.compat as ids

from cartwheel_local.catalogue.products import Product
from cartwheel_local.demo.world import ABANDONMENT_SECONDS, Site
from cartwheel_local.seed.owner import ShopOwner
from cartwheel_local.seed.shops import PROMOTIONS

CURRENCIES: Final = ("USD", "EUR")
MAIL_DELAYS: Final = (0, 2)
"""Seconds from an abandonment to each mail of the campaign."""
_BATCH: Final = 50
_PAGE: Final = "100"


@dataclass(frozen=True, slots=True)
class DemoShop:
    """Makes the shop through the admin routes, like any merchant."""

    owner: ShopOwner

    async def found(self) -> None:
        """Make the company and its rules of price."""
        await self.owner.found_company("Cartwheel demo")
        for promotion in PROMOTIONS:
            await self.owner.offer(**promotion)
        await self.owner.ship(name="Standard", amounts={"USD": 595, "EUR": 495}, freeOver={"USD": 10_000})

    async def stock_up(self, products: Sequence[Product], pictures_url: str, tell: Callable[[int], None]) -> None:
        """Import the catalogue; `tell` hears of products as they land."""
        for start in range(0, len(products), _BATCH):
            batch = products[start : start + _BATCH]
            await self.owner.import_products(product.row(pictures_url) for product in batch)
            tell(len(batch))

    async def open_sites(self) -> tuple[Site, ...]:
        """Open one site for each currency; their carts are abandoned after seconds."""
        sites = []
        for currency in CURRENCIES:
            site = Site(UUID(str(ids.uuid7())), currency)
            name = f"Demo {currency}"
            await self.owner.open_site(
                site.id, name=name, currency=currency, timezone="UTC", abandonmentSeconds=ABANDONMENT_SECONDS
            )
            sites.append(site)
        return tuple(sites)

    async def remind(self) -> None:
        """Let the campaign write at once and once more, as often as there is a reason to."""
        await self.owner.remind(*MAIL_DELAYS, daily_cap=None)

    async def products(self) -> list[Mapping[str, Any]]:
        """Everything on the shelves, with ids, as the shop's own pages know it."""
        found: list[Mapping[str, Any]] = []
        parameters = {"limit": _PAGE}
        while True:
            page = await self.owner.get("/api/admin/products", **parameters)
            found += page["items"]
            if not page["nextCursor"]:
                return found
            parameters["cursor"] = page["nextCursor"]
