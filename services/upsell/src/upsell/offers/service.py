"""Choosing what to offer."""

from collections.abc import Collection, Sequence
from uuid import UUID

from servicekit.db import TenantUnit

from upsell.offers import repository
from upsell.offers.domain import Offers


async def offers_for(
    unit: TenantUnit, in_cart: Sequence[UUID], currency: str, dismissed: Collection[UUID], limit: int
) -> Offers:
    """What goes with the products in a cart, else what is popular; never what is in it or was dismissed."""
    excluded = [*in_cart, *dismissed]
    items = await repository.bought_with(unit, in_cart, currency, excluded, limit) if in_cart else []
    return Offers("pairs", items) if items else await popular_offers(unit, currency, excluded, limit)


async def popular_offers(unit: TenantUnit, currency: str | None, excluded: Sequence[UUID], limit: int) -> Offers:
    """What sells best, else what is newest; in any currency when none is given."""
    items = await repository.best_sellers(unit, currency, excluded, limit)
    if items:
        return Offers("best_sellers", items)
    return Offers("catalogue", await repository.newest(unit, currency, excluded, limit))
