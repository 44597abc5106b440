"""Keeping the replica of the catalogue; news may come twice and in any order, the newest version stays."""

from contracts.envelope import Envelope
from contracts.inventory import ProductChanged, StockChanged
from servicekit.db import TenantUnit

from upsell.catalogue import repository


async def keep_product(unit: TenantUnit, event: Envelope[ProductChanged]) -> None:
    """Keep a product and its variants as they are now."""
    if await repository.put_product(unit, event.subject, event.aggregateversion, event.data):
        await repository.put_variants(unit, event.subject, event.data.variants)
        await repository.put_first_stock(unit, event.data.variants)


async def keep_stock(unit: TenantUnit, event: Envelope[StockChanged]) -> None:
    """Keep what is left of a variant."""
    await repository.put_stock(unit, event.subject, event.aggregateversion, event.data.available)
