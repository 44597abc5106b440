"""Filling a stack: idempotent, so that a second `up` finds everything and changes nothing."""

import asyncio
import json
from collections.abc import Mapping
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from localservers.files import read_json, write_whole
from localservers.home import Home

from cartwheel_local.environment import Addresses
from cartwheel_local.secrets import Secrets
from cartwheel_local.seed.owner import ShopOwner
from cartwheel_local.seed.shops import PRODUCTS, PROMOTIONS, SHOPS, TEST_PRODUCT, ShopPlan
from cartwheel_local.seed.tokens import Tokens


async def seed(home: Home, secrets: Secrets, addresses: Addresses) -> Mapping[str, str]:
    """Make the shops that are missing and return what stack.env says of them: ids and fresh tokens."""
    tokens = Tokens(secrets)
    async with httpx.AsyncClient(base_url=addresses.gateway_url) as client:
        accounts = await asyncio.gather(*(_shop(home, client, tokens, plan) for plan in SHOPS))
    merged = {name: value for shop in accounts for name, value in shop.items()}
    merged["AUTH_TOKEN"] = merged["TEST_AUTH_TOKEN"]
    merged["SERVICE_TOKEN"] = tokens.service("order-system", "backfill")
    return merged


async def _shop(home: Home, client: httpx.AsyncClient, tokens: Tokens, plan: ShopPlan) -> dict[str, str]:
    company_id, site_id = _ids(home, plan.prefix)
    owner = ShopOwner(client, tokens, company_id)
    if not await _is_made(owner, site_id):
        await _make(owner, site_id, plan)
    found = await owner.get("/api/admin/products", limit="200")
    product = next(item for item in found["items"] if item["handle"] == TEST_PRODUCT)
    return {
        f"{plan.prefix}_COMPANY_ID": str(company_id),
        f"{plan.prefix}_SITE_ID": str(site_id),
        f"{plan.prefix}_PRODUCT_ID": product["id"],
        f"{plan.prefix}_AUTH_TOKEN": tokens.customer(company_id, plan.customer_id),
        f"{plan.prefix}_ADMIN_TOKEN": tokens.admin(company_id),
    }


async def _make(owner: ShopOwner, site_id: UUID, plan: ShopPlan) -> None:
    """Everything of one shop; the site comes last, because it says that the rest is there."""
    await owner.found_company(plan.name)
    await owner.import_products(PRODUCTS)
    for promotion in PROMOTIONS:
        await owner.offer(**promotion)
    await owner.tax(name="California sales tax", type="SALES_TAX", country="US", state="CA", ratePpm=72_500)
    await owner.ship(name="Standard", amounts={"USD": 595, "EUR": 495}, freeOver={"USD": 10_000}, estimatedDays=4)
    await owner.open_site(site_id, name=plan.name, currency="USD")


async def _is_made(owner: ShopOwner, site_id: UUID) -> bool:
    sites = await owner.get("/api/admin/sites")
    return any(site["id"] == str(site_id) for site in sites["items"])


def _ids(home: Home, prefix: str) -> tuple[UUID, UUID]:
    """The company's and the site's id: made once per home, so that a stack keeps its shops."""
    kept = read_json(home.path / "shops.json")
    if prefix not in kept:
        kept[prefix] = {"company": str(ids.uuid7()), "site": str(ids.uuid7())}
        write_whole(home.path / "shops.json", json.dumps(kept, indent=2))
    return UUID(kept[prefix]["company"]), UUID(kept[prefix]["site"])
