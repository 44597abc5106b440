"""A shopper who shops through the gateway, as a browser would."""

import itertools
from typing import Any

import httpx

_ADDRESSES = itertools.count(1)


class Shopper:
    """One guest or customer at a client address of their own, so that the limits count them apart."""

    def __init__(self, api_url: str, company_id: str, products: dict[str, str]) -> None:
        number = next(_ADDRESSES)
        address = f"127.{10 + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"
        transport = httpx.AsyncHTTPTransport(local_address=address)
        self._client = httpx.AsyncClient(base_url=api_url, transport=transport, timeout=20)
        self._products = products
        self.headers = {"x-company-id": company_id}
        self.cart_id = ""

    async def opens_a_cart(self) -> dict[str, Any]:
        """Create a guest's cart and keep its token."""
        cart = self._fine(await self.send("POST", "/api/public/cart", {}))
        self.cart_id = cart["id"]
        self.headers["x-session-token"] = cart["sessionToken"]
        return cart

    async def adds(self, handle: str, quantity: int = 1) -> dict[str, Any]:
        """Put a product into the cart."""
        return self._fine(await self.tries_to_add(handle, quantity))

    async def tries_to_add(self, handle: str, quantity: int = 1) -> httpx.Response:
        """The same, whatever the answer is."""
        body = {"productId": self._products[handle], "quantity": quantity}
        return await self.send("POST", f"/api/public/cart/{self.cart_id}/items", body)

    async def looks(self) -> dict[str, Any]:
        """Read the cart."""
        return self._fine(await self.send("GET", "/api/public/cart"))

    async def leaves(self, email: str, *, consent: bool = True) -> dict[str, Any]:
        """Leave an address, with consent or without."""
        body = {"email": email, "consent": consent}
        return self._fine(await self.send("POST", f"/api/public/cart/{self.cart_id}/contact", body))

    async def uses(self, code: str) -> httpx.Response:
        """Try a discount code."""
        return await self.send("POST", f"/api/public/cart/{self.cart_id}/discount", {"code": code})

    async def holds(self) -> httpx.Response:
        """Hold the stock of everything in the cart."""
        return await self.send("POST", f"/api/cart/{self.cart_id}/hold")

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any request, with the shopper's credentials."""
        return await self._client.request(method, path, json=body, headers={**self.headers, **headers})

    async def close(self) -> None:
        """Close the browser."""
        await self._client.aclose()

    def _fine(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return dict(answer.json())
