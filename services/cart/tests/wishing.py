"""What shoppers do with wishlists, and how it looks from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from contracts.cart import WishlistUpdated
from servicekit.testing.outbox import published

from .shop import Guest, Shop


@dataclass(frozen=True)
class Wisher:
    """A shopper with a wishlist: a guest's headers, or a customer's."""

    shop: Shop
    headers: dict[str, str]

    @classmethod
    async def guest(cls, shop: Shop) -> tuple["Wisher", Guest]:
        """Somebody who is not signed in, and has a cart with nothing in it."""
        guest = await shop.guest_cart()
        return cls(shop, guest.headers), guest

    @classmethod
    def customer(cls, shop: Shop, customer_id: str = "ada") -> "Wisher":
        """Somebody who is signed in."""
        return cls(shop, shop.customer(customer_id))

    async def sends(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A request about the shopper's wishlist."""
        return await self.shop.client.request(
            method, f"/api/wishlist{path}", json=body, headers={**self.headers, **headers}
        )

    async def wishes(self, sku: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        """Wish for a product."""
        body = {"productId": str(self.shop.products[sku][0]), **body}
        return await self.sends("POST", "/items", body, **(headers or {}))

    async def has_wished(self, *skus: str) -> None:
        """Wish for these, one after the other."""
        for sku in skus:
            answer = await self.wishes(sku)
            assert answer.status_code == 201, answer.text

    async def looks(self) -> dict[str, Any]:
        """The whole list."""
        answer = await self.sends("GET", "")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def skus(self) -> list[str]:
        """What is on the list, in its order."""
        return [item["sku"] for item in (await self.looks())["items"]]

    async def wish_id(self, sku: str) -> str:
        """The id of a wish."""
        return next(str(item["id"]) for item in (await self.looks())["items"] if item["sku"] == sku)

    async def shares(self, **body: Any) -> str:
        """Make a link; its token."""
        answer = await self.sends("POST", "/share", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


async def opens_link(shop: Shop, token: str) -> httpx.Response:
    """Follow somebody's link, as anybody."""
    return await shop.client.get(f"/api/wishlists/shared/{token}", headers=shop.anybody())


async def wishlist_events(shop: Shop) -> Sequence[WishlistUpdated]:
    """What was published of the company's wishlists, in order."""
    events = await published(shop.database, WishlistUpdated)
    return [one.data for one in events if one.company_id == shop.company_id and isinstance(one.data, WishlistUpdated)]
