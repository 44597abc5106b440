"""The shop in which a file is shopped again: a company of its own for each run, with the file's catalogue."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import uuid_utils.compat as ids

from cartwheel_local.replay.articles import products
from cartwheel_local.replay.sales import CURRENCY, MOST_UNITS
from cartwheel_local.replay.staging import Article
from cartwheel_local.seed.owner import ShopOwner

_BATCH: Final = 500
"""Products in one import."""
_FOREVER: Final = {"abandonmentSeconds": 2_000_000_000, "cartExpirationDays": 36_500}
_WHOLESALE: Final = {"maxQuantityPerLine": MOST_UNITS, "maxLines": 5_000}


async def open_shop(owner: ShopOwner, name: str, articles: Iterable[Article], tell: Callable[[int], None]) -> UUID:
    """Make the company, its catalogue and its site, and return the site's id; `tell` hears of products as they land.

    The site's limits are lifted by its settings: quantities of wholesale, and carts of long ago that never expire.
    There is no tax, no shipping rule and no promotion.
    """
    await owner.found_company(name)
    batch: list[Mapping[str, Any]] = []
    for article in articles:
        batch += products(owner.company_id, article)
        if len(batch) >= _BATCH:
            await _bring(owner, batch, tell)
    await _bring(owner, batch, tell)
    site_id = UUID(str(ids.uuid7()))
    await owner.open_site(site_id, name=name, currency=CURRENCY, timezone="UTC", **_FOREVER, **_WHOLESALE)
    return site_id


async def _bring(owner: ShopOwner, batch: list[Mapping[str, Any]], tell: Callable[[int], None]) -> None:
    if batch:
        await owner.import_products(batch)
        tell(len(batch))
        batch.clear()
