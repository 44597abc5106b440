"""A shop for one test: a company that nobody else uses, made through the admin routes."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import uuid_utils.compat as ids
from cartwheel_client import Cartwheel, Retries, Staff, every
from cartwheel_client.models.analytics import Overview
from cartwheel_client.models.cart import CartConvertedAnswer, CreateSite
from cartwheel_client.models.pricing import NewPromotion
from simulator.merchant import Merchant

from .shopper import Customer, Guest, client
from .stack import Stack
from .visitor import Visitor

PRODUCTS = (
    {"sku": "mug", "title": "Mug", "variants": [{"sku": "MUG", "prices": {"USD": 1250}, "stock": 100_000}]},
    {"sku": "bowl", "title": "Bowl", "variants": [{"sku": "BOWL", "prices": {"USD": 2400}, "stock": 100_000}]},
    {"sku": "last-vase", "title": "Last vase", "variants": [{"sku": "VASE", "prices": {"USD": 9900}, "stock": 1}]},
)


@dataclass(frozen=True, slots=True)
class Shop:
    """The company, and what is on its shelves; `products` maps a handle to the product's id."""

    stack: Stack
    merchant: Merchant
    order_system: Cartwheel
    site_id: UUID
    products: dict[str, UUID]
    visitors: list[Visitor | Cartwheel] = field(default_factory=list)

    @property
    def company_id(self) -> UUID:
        """The company's id."""
        return self.merchant.company_id

    @property
    def staff(self) -> Staff:
        """The company's administrator, with the Python client."""
        return self.merchant.staff

    def guest(self) -> Guest:
        """Somebody new, at an address of their own."""
        return Guest(self._client(), self.products)

    def customer(self, customer_id: str, *, email: str | None = None, groups: Sequence[str] | None = None) -> Customer:
        """Somebody who signed in, at an address of their own."""
        token = self.stack.tokens.customer(self.company_id, customer_id, email=email, groups=groups)
        return Customer(self._client(), token, self.products)

    def admin(self) -> Visitor:
        """Whoever sends raw requests as the company's administrator."""
        return self.visitor(authorization=f"Bearer {self.stack.tokens.admin(self.company_id)}")

    def visitor(self, **headers: str) -> Visitor:
        """Whoever sends raw requests; of them nothing is known but these headers."""
        visitor = Visitor(self.stack.api_url, **headers)
        self.visitors.append(visitor)
        return visitor

    def address(self, name: str) -> str:
        """An e-mail address that nobody else has, not even in an earlier run."""
        return f"{name}.{self.company_id.hex[-12:]}@mail.example"

    async def overview(self) -> Overview:
        """What analytics has counted in the last days."""
        return await self.staff.analytics.overview()

    async def left(self, sku: str) -> int:
        """How many of a sku inventory still has on hand."""
        (row,) = (await self.staff.catalogue.list_stock(sku=sku)).items
        return row.on_hand

    async def orders(self, cart_id: UUID, order_id: str, *, expected_total: int | None = None) -> CartConvertedAnswer:
        """The shop's order system takes the order of a cart."""
        orders = self.order_system.orders(self.stack.env["SERVICE_TOKEN"])
        return await orders.convert(cart_id, order_id, expected_total=expected_total)

    def _client(self) -> Cartwheel:
        cartwheel = client(self.stack.api_url, self.company_id)
        self.visitors.append(cartwheel)
        return cartwheel


@asynccontextmanager
async def open_shop(stack: Stack, **site: Any) -> AsyncGenerator[Shop]:
    """Found a company with a site (these are its settings) and products; what stays behind is its own."""
    company_id = ids.uuid7()
    settings = {"id": ids.uuid7(), "name": "Test site", "currency": "USD", **site}
    internal_url = stack.env["CART_INTERNAL_URL"]
    async with (
        Cartwheel(stack.api_url, company_id, timeout=60, retries=Retries.none()) as cartwheel,
        Cartwheel(internal_url, company_id, retries=Retries.none()) as order_system,
    ):
        merchant = Merchant(cartwheel, stack.tokens)
        await merchant.found_company("A shop of a test")
        await merchant.import_products(PRODUCTS)
        site_id = await merchant.open_site(CreateSite.model_validate(settings))
        ten = NewPromotion(name="Ten", code="SAVE10", type="PERCENTAGE_OFF", scope="CART", basis_points=1000)
        await merchant.offer(ten)
        products = {product.handle: product.id async for product in every(merchant.staff.catalogue.list_products)}
        shop = Shop(stack, merchant, order_system, site_id, products)
        yield shop
        for visitor in shop.visitors:
            await visitor.close()
