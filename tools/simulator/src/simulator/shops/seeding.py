"""Filling a stack: idempotent, so that a second time finds everything and changes nothing."""

import asyncio
import json
from collections.abc import Mapping
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import every
from cartwheel_client.models.cart import CreateSite
from cartwheel_client.models.pricing import NewShippingRule, NewTaxRate
from localservers.files import read_json, write_whole

from simulator.merchant import Merchant
from simulator.shops.plans import PRODUCTS, SHOPS, TEST_PRODUCT, ShopPlan, promotions
from simulator.stack import Stack


async def seed(stack: Stack) -> Mapping[str, str]:
    """Make the shops that are missing and return what stack.env says of them: ids and fresh tokens."""
    accounts = await asyncio.gather(*(_shop(stack, plan) for plan in SHOPS))
    merged = {name: value for shop in accounts for name, value in shop.items()}
    merged["AUTH_TOKEN"] = merged["TEST_AUTH_TOKEN"]
    merged["SERVICE_TOKEN"] = stack.tokens.service("order-system", "backfill")
    return merged


async def _shop(stack: Stack, plan: ShopPlan) -> dict[str, str]:
    company_id, site_id = _ids(stack, plan.prefix)
    async with stack.gateway(company_id) as cartwheel:
        merchant = Merchant(cartwheel, stack.tokens)
        if not await _is_made(merchant, site_id):
            await _make(merchant, site_id, plan)
        (product,) = (await merchant.staff.catalogue.list_products(handle=TEST_PRODUCT)).items
    return {
        f"{plan.prefix}_COMPANY_ID": str(company_id),
        f"{plan.prefix}_SITE_ID": str(site_id),
        f"{plan.prefix}_PRODUCT_ID": str(product.id),
        f"{plan.prefix}_AUTH_TOKEN": stack.tokens.customer(company_id, plan.customer_id),
        f"{plan.prefix}_ADMIN_TOKEN": stack.tokens.admin(company_id),
    }


async def _make(merchant: Merchant, site_id: UUID, plan: ShopPlan) -> None:
    """Everything of one shop; the site comes last, because it says that the rest is there."""
    await merchant.found_company(plan.name)
    await merchant.import_products(PRODUCTS)
    for promotion in promotions():
        await merchant.offer(promotion)
    tax = NewTaxRate(name="California sales tax", type="SALES_TAX", country="US", state="CA", rate_ppm=72_500)
    await merchant.tax(tax)
    amounts, free_over = {"USD": 595, "EUR": 495}, {"USD": 10_000}
    await merchant.ship(NewShippingRule(name="Standard", amounts=amounts, free_over=free_over, estimated_days=4))
    await merchant.open_site(CreateSite(id=site_id, name=plan.name, currency="USD"))


async def _is_made(merchant: Merchant, site_id: UUID) -> bool:
    return site_id in [site.id async for site in every(merchant.staff.sites.list)]


def _ids(stack: Stack, prefix: str) -> tuple[UUID, UUID]:
    """The company's and the site's id: made once per home, so that a stack keeps its shops."""
    file = stack.directory / "shops.json"
    kept = read_json(file)
    if prefix not in kept:
        kept[prefix] = {"company": str(ids.uuid7()), "site": str(ids.uuid7())}
        write_whole(file, json.dumps(kept, indent=2))
    return UUID(kept[prefix]["company"]), UUID(kept[prefix]["site"])
