"""Opening the shop in which a file is shopped again: a company of its own for each run, with the file's catalogue."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client.models.cart import CreateSite

from simulator.merchant import Merchant
from simulator.replay.articles import products
from simulator.replay.sales import CURRENCY, MOST_UNITS
from simulator.replay.staging import Article

_BATCH: Final = 500
"""Products in one import."""


def site_of(name: str) -> CreateSite:
    """The shop's site, its limits lifted: quantities of wholesale, and carts of long ago that never expire."""
    return CreateSite(
        id=UUID(str(ids.uuid7())),
        name=name,
        currency=CURRENCY,
        timezone="UTC",
        abandonment_seconds=2_000_000_000,
        cart_expiration_days=36_500,
        max_quantity_per_line=MOST_UNITS,
        max_lines=5_000,
    )


async def open_shop(merchant: Merchant, name: str, articles: Iterable[Article], advance: Callable[[int], None]) -> UUID:
    """Make the company, its catalogue and its site, and return the site's id.

    `advance` is called with how many more products are in. There is no tax, no shipping rule and no promotion.
    """
    await merchant.found_company(name)
    batch: list[Mapping[str, Any]] = []
    for article in articles:
        batch += products(merchant.company_id, article)
        if len(batch) >= _BATCH:
            await _import(merchant, batch, advance)
    await _import(merchant, batch, advance)
    return await merchant.open_site(site_of(name))


async def _import(merchant: Merchant, batch: list[Mapping[str, Any]], advance: Callable[[int], None]) -> None:
    if batch:
        await merchant.import_products(batch)
        advance(len(batch))
        batch.clear()
