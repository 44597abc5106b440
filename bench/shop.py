"""The shop that is measured: three products and twenty automatic promotions, made through the routes any shop uses."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import Cartwheel, every
from cartwheel_client.models.cart import CreateSite
from cartwheel_client.models.pricing import NewPromotion, NewShippingRule, NewTaxRate
from simulator.merchant import Merchant
from simulator.tokens import Tokens

from bench.errors import BenchError
from bench.stack import Stack

CODE: Final = "BENCH10"
STOCK = 100_000_000
REPLICA_SECONDS = 60.0

PRODUCTS: Final = tuple(
    {
        "sku": f"bench-{name}",
        "title": f"{name.capitalize()} of the benchmark",
        "categories": [category],
        "variants": [{"sku": f"BENCH-{name.upper()}", "prices": {"USD": price, "EUR": price}, "stock": STOCK}],
    }
    for name, category, price in (("mug", "kitchen", 1250), ("apron", "textiles", 3900), ("blanket", "textiles", 8900))
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A company whose products and rules have reached the cart service."""

    company_id: UUID
    site_id: UUID
    products: Sequence[str]


async def open_shop(stack: Stack) -> Shop:
    """Make the shop through the gateway, and wait until its products and promotions have reached the cart service."""
    company_id, site_id = UUID(str(ids.uuid7())), UUID(str(ids.uuid7()))
    tokens = Tokens(stack.secrets.jwt_secret, stack.secrets.service_token_secret)
    async with Cartwheel(stack.gateway_url, company_id, timeout=60) as cartwheel:
        merchant = Merchant(cartwheel, tokens)
        await merchant.found_company("Benchmark")
        await merchant.import_products(PRODUCTS)
        for promotion in promotions():
            await merchant.offer(NewPromotion.model_validate(promotion))
        tax = NewTaxRate(name="Sales tax", type="SALES_TAX", country="US", state="CA", rate_ppm=72_500)
        await merchant.tax(tax)
        amounts, free_over = {"USD": 595}, {"USD": 10_000}
        await merchant.ship(NewShippingRule(name="Standard", amounts=amounts, free_over=free_over, estimated_days=4))
        await merchant.open_site(CreateSite(id=site_id, name="Benchmark", currency="USD"))
        products = [str(product.id) async for product in every(merchant.staff.catalogue.list_products)]
    await _until_replicated(stack, company_id, len(promotions()) - 1)
    return Shop(company_id, site_id, tuple(products))


def promotions() -> list[Mapping[str, Any]]:
    """Twenty automatic promotions of several kinds, of which some fit and most do not, and one code."""
    automatic: list[Mapping[str, Any]] = []
    for lane in range(5):
        automatic += [
            _percentage(f"Kitchen {lane}", "CATEGORY", lane, basisPoints=100 + lane, categoryIds=["kitchen"]),
            _percentage(f"Garden {lane}", "CATEGORY", lane, basisPoints=900, categoryIds=["garden"]),
            _percentage(f"Large cart {lane}", "CART", lane, basisPoints=200, minSubtotal={"USD": 50_000 * (lane + 1)}),
        ]
    for lane in range(5):
        off = {"name": f"Money off {lane}", "type": "FIXED_AMOUNT_OFF", "scope": "CART", "amounts": {"USD": 100}}
        automatic.append({**off, "lane": lane, "minQuantity": 5 * (lane + 1)})
    return [*automatic, {**_percentage("By code", "CART", 9, basisPoints=1000), "code": CODE}]


def _percentage(name: str, scope: str, lane: int, **rest: Any) -> Mapping[str, Any]:
    return {"name": name, "type": "PERCENTAGE_OFF", "scope": scope, "lane": lane, **rest}


async def _until_replicated(stack: Stack, company_id: UUID, promotion_count: int) -> None:
    """Poll the replicas; raises BenchError when they do not come."""
    deadline = time.monotonic() + REPLICA_SECONDS
    async with stack.looking_into("cart") as database:
        while time.monotonic() < deadline:
            rules = await database.fetchval("SELECT rules FROM rule_sets WHERE company_id = $1", company_id)
            products = await database.fetchval(
                "SELECT count(*) FROM product_snapshots WHERE company_id = $1", company_id
            )
            if rules and len(json.loads(rules)["promotions"]) == promotion_count and products == len(PRODUCTS):
                return
            await asyncio.sleep(0.1)
    raise BenchError(f"products and promotions did not reach the cart service within {REPLICA_SECONDS:.0f} s")
