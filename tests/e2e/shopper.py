"""A guest who shops through the gateway, as a browser would."""

from typing import Any

import httpx

from .visitor import Visitor, fine


class Shopper(Visitor):
    """One guest; `products` maps a handle to the product's id."""

    def __init__(self, api_url: str, company_id: str, products: dict[str, str]) -> None:
        super().__init__(api_url, **{"x-company-id": company_id})
        self._products = products
        self.cart_id = ""

    @property
    def session_token(self) -> str:
        """What opens the cart."""
        return self.headers["x-session-token"]

    async def opens_a_cart(self) -> dict[str, Any]:
        """Create a guest's cart and keep its token."""
        cart = fine(await self.send("POST", "/api/public/cart", {}))
        self.cart_id = cart["id"]
        self.headers["x-session-token"] = cart["sessionToken"]
        return cart

    async def adds(self, handle: str, quantity: int = 1) -> dict[str, Any]:
        """Put a product into the cart."""
        return fine(await self.tries_to_add(handle, quantity))

    async def tries_to_add(self, handle: str, quantity: int = 1) -> httpx.Response:
        """The same, whatever the answer is."""
        body = {"productId": self._products[handle], "quantity": quantity}
        return await self.send("POST", f"/api/public/cart/{self.cart_id}/items", body)

    async def looks(self) -> dict[str, Any]:
        """Read the cart."""
        return fine(await self.send("GET", "/api/public/cart"))

    async def leaves(self, email: str, *, consent: bool = True) -> dict[str, Any]:
        """Leave an address, with consent or without."""
        body = {"email": email, "consent": consent}
        return fine(await self.send("POST", f"/api/public/cart/{self.cart_id}/contact", body))

    async def uses(self, code: str) -> httpx.Response:
        """Try a discount code."""
        return await self.send("POST", f"/api/public/cart/{self.cart_id}/discount", {"code": code})

    async def holds(self) -> httpx.Response:
        """Hold the stock of everything in the cart."""
        return await self.send("POST", f"/api/cart/{self.cart_id}/hold")


def contents(cart: dict[str, Any]) -> dict[str, int]:
    """How many of each sku a cart has."""
    return {line["sku"]: line["quantity"] for line in cart["items"]}
