"""A merchant for one test: a company that nobody else uses, made through the admin routes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx
import uuid_utils.compat as ids
from cartwheel_local.seed.owner import ShopOwner

from .customer import Customer
from .shopper import Shopper
from .stack import Stack
from .visitor import Visitor

PRODUCTS = (
    {"sku": "mug", "title": "Mug", "variants": [{"sku": "MUG", "prices": {"USD": 1250}, "stock": 100_000}]},
    {"sku": "bowl", "title": "Bowl", "variants": [{"sku": "BOWL", "prices": {"USD": 2400}, "stock": 100_000}]},
    {"sku": "last-vase", "title": "Last vase", "variants": [{"sku": "VASE", "prices": {"USD": 9900}, "stock": 1}]},
)
PAGE = "200"

VisitorT = TypeVar("VisitorT", bound=Visitor)


@dataclass(frozen=True, slots=True)
class Shop:
    """The company, and what is on its shelves; `products` maps a handle to the product's id."""

    stack: Stack
    owner: ShopOwner
    site_id: UUID
    products: dict[str, str]
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def company_id(self) -> UUID:
        """The company's id."""
        return self.owner.company_id

    def shopper(self) -> Shopper:
        """Somebody new, at an address of their own."""
        return self._let_in(Shopper(self.stack.api_url, str(self.company_id), self.products))

    def customer(self, customer_id: str, *, email: str | None = None) -> Customer:
        """Somebody who signed in, at an address of their own."""
        token = self.stack.tokens.customer(self.company_id, customer_id, email=email)
        return self._let_in(Customer(self.stack.api_url, token, self.products))

    def admin(self) -> Visitor:
        """The company's administrator, at an address of their own."""
        token = self.stack.tokens.admin(self.company_id)
        return self._let_in(Visitor(self.stack.api_url, authorization=f"Bearer {token}"))

    def visitor(self, **headers: str) -> Visitor:
        """Somebody of whom nothing is known but these headers, such as whoever opens a link in a mail."""
        return self._let_in(Visitor(self.stack.api_url, **headers))

    def address(self, name: str) -> str:
        """An e-mail address that nobody else has, not even in an earlier run."""
        return f"{name}.{self.company_id.hex[-12:]}@mail.example"

    async def overview(self) -> dict[str, Any]:
        """What analytics says of the last days."""
        return dict(await self.owner.get("/api/analytics/ecommerce/overview"))

    async def left(self, sku: str) -> int:
        """How many of a sku inventory still has on hand."""
        page = await self.owner.get("/api/admin/stock", limit=PAGE)
        return next(int(row["onHand"]) for row in page["items"] if row["sku"] == sku)

    async def orders(self, cart_id: str, order_id: str, **body: Any) -> httpx.Response:
        """The shop's order system takes the order of a cart."""
        headers = {"authorization": f"Bearer {self.stack.env['SERVICE_TOKEN']}", "x-company-id": str(self.company_id)}
        async with httpx.AsyncClient(base_url=self.stack.env["CART_INTERNAL_URL"]) as client:
            path = f"/internal/carts/{cart_id}/convert"
            return await client.post(path, json={"orderId": order_id, **body}, headers=headers)

    def _let_in(self, visitor: VisitorT) -> VisitorT:
        self.visitors.append(visitor)
        return visitor


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
        page = await owner.get("/api/admin/products", limit=PAGE)
        shop = Shop(stack, owner, site_id, {item["handle"]: item["id"] for item in page["items"]})
        yield shop
        for visitor in shop.visitors:
            await visitor.close()
