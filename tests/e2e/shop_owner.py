"""A merchant for one test: a company that nobody else uses, made through the admin routes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from cartwheel_local.seed.owner import ShopOwner

from .shopper import Shopper
from .stack import Stack

PRODUCTS = (
    {"sku": "mug", "title": "Mug", "variants": [{"sku": "MUG", "prices": {"USD": 1250}, "stock": 1000}]},
    {"sku": "bowl", "title": "Bowl", "variants": [{"sku": "BOWL", "prices": {"USD": 2400}, "stock": 1000}]},
    {"sku": "last-vase", "title": "Last vase", "variants": [{"sku": "VASE", "prices": {"USD": 9900}, "stock": 1}]},
)


@dataclass(frozen=True, slots=True)
class Shop:
    """The company, and what is on its shelves; `products` maps a handle to the product's id."""

    stack: Stack
    owner: ShopOwner
    site_id: UUID
    products: dict[str, str]

    @property
    def company_id(self) -> UUID:
        """The company's id."""
        return self.owner.company_id

    def shopper(self) -> Shopper:
        """Somebody new, at an address of their own."""
        return Shopper(self.stack.api_url, str(self.company_id), self.products)

    async def overview(self) -> dict[str, Any]:
        """What analytics says of the last days."""
        return dict(await self.owner.get("/api/analytics/ecommerce/overview"))

    async def orders(self, cart_id: str, order_id: str, **body: Any) -> httpx.Response:
        """The shop's order system takes the order of a cart."""
        return await self._call("POST", f"/internal/carts/{cart_id}/convert", {"orderId": order_id, **body})

    async def _call(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.stack.env['SERVICE_TOKEN']}", "x-company-id": str(self.company_id)}
        async with httpx.AsyncClient(base_url=self.stack.env["CART_INTERNAL_URL"]) as client:
            return await client.request(method, path, json=body, headers=headers)


@asynccontextmanager
async def open_shop(stack: Stack, **site: Any) -> AsyncGenerator[Shop]:
    """Found a company with a site and products; what stays behind is its own."""
    async with httpx.AsyncClient(base_url=stack.api_url) as client:
        owner = ShopOwner(client, stack.tokens, ids.uuid7())
        site_id = ids.uuid7()
        await owner.found_company("A shop of a test")
        await owner.import_products(PRODUCTS)
        await owner.open_site(site_id, **{"name": "Test site", "currency": "USD", **site})
        await owner.offer(name="Ten", code="SAVE10", type="PERCENTAGE_OFF", scope="CART", basisPoints=1000)
        page = await owner.get("/api/admin/products", limit="200")
        yield Shop(stack, owner, site_id, {item["handle"]: item["id"] for item in page["items"]})
