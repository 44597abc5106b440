"""What shoppers do with comparisons, and how it looks from outside."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from contracts.inventory import ProductChanged, Variant
from servicekit.ids import new_id

from .shop import Guest, Shop


@dataclass(frozen=True)
class Comparer:
    """A shopper who compares: a guest's headers, or a customer's."""

    shop: Shop
    headers: dict[str, str]

    @classmethod
    async def guest(cls, shop: Shop) -> tuple["Comparer", Guest]:
        """Somebody who is not signed in, and has a cart with nothing in it."""
        guest = await shop.guest_cart()
        return cls(shop, guest.headers), guest

    @classmethod
    def customer(cls, shop: Shop, customer_id: str = "ada") -> "Comparer":
        """Somebody who is signed in."""
        return cls(shop, shop.customer(customer_id))

    async def sends(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request about what the shopper compares."""
        every = {**self.headers, **headers}
        return await self.shop.client.request(method, f"/api/comparison{path}", json=body, headers=every)

    async def compares(self, sku: str, **headers: str) -> httpx.Response:
        """Compare one more product."""
        return await self.sends("POST", "/items", {"productId": str(self.shop.products[sku][0])}, **headers)

    async def has_compared(self, *skus: str) -> None:
        """Compare these."""
        for sku in skus:
            answer = await self.compares(sku)
            assert answer.status_code == 201, answer.text

    async def looks(self) -> dict[str, Any]:
        """The whole comparison."""
        answer = await self.sends("GET", "")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def skus(self) -> list[str]:
        """What is compared, in its order."""
        return [item["sku"] for item in (await self.looks())["items"]]


async def sells(shop: Shop, sku: str, price: int = 1000, **attributes: str) -> UUID:
    """Let the catalogue say that a product with these attributes exists."""
    product, variant = shop.products.get(sku, (new_id(), new_id()))
    shop.products[sku] = product, variant
    variants = (Variant(variant_id=variant, sku=sku, title=sku.title(), prices={"USD": price}, available=9),)
    event = ProductChanged(title=sku.title(), slug=sku, active=True, attributes=attributes, variants=variants)
    await shop.say(event, product)
    return product
