"""A signed-in shopper, who has the same cart wherever they sign in."""

from typing import Any

from .visitor import Visitor, fine


class Customer(Visitor):
    """One customer with their token; `products` maps a handle to the product's id."""

    def __init__(self, api_url: str, token: str, products: dict[str, str]) -> None:
        super().__init__(api_url, authorization=f"Bearer {token}")
        self._products = products

    async def opens_a_cart(self) -> dict[str, Any]:
        """Create the cart, or find the open one."""
        return fine(await self.send("POST", "/api/cart", {}))

    async def adds(self, handle: str, quantity: int = 1) -> dict[str, Any]:
        """Put a product into the cart."""
        return fine(
            await self.send("POST", "/api/cart/items", {"productId": self._products[handle], "quantity": quantity})
        )

    async def looks(self) -> dict[str, Any]:
        """Read the cart."""
        return fine(await self.send("GET", "/api/cart"))

    async def merges(self, session_token: str) -> dict[str, Any]:
        """Bring along the cart of the session that was a guest's before the sign-in."""
        return fine(await self.send("POST", "/api/cart/merge", {"sessionToken": session_token}))
