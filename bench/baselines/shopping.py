"""The requests of each operation, made before they are sent; the carts that they are about are made through the api."""

from collections.abc import Mapping
from typing import Any, Final

from simulator.tokens import Tokens

from bench.carts import GuestCart, Shoppers
from bench.load.requests import request
from bench.shop import Shop

REPEATS: Final = 20
"""How often one cart is asked the same: the limiter allows 60 changes and estimates a minute."""
CARTS_READ: Final = 100
MERGES_PER_CUSTOMER: Final = 5
ADDRESS: Final[Mapping[str, Any]] = {"country": "US", "state": "CA", "postalCode": "94105"}


class Shopping:
    """A hundred shoppers' requests. Nobody asks more often than production's limits allow."""

    def __init__(self, services: Mapping[str, str], tokens: Tokens, shop: Shop, shoppers: Shoppers) -> None:
        self._services, self._tokens, self._shop, self._shoppers = services, tokens, shop, shoppers
        self._customers = 0

    def service_of(self, operation: str) -> str:
        """The service that answers the operation."""
        return {"upsell": "upsell", "analytics overview": "analytics"}.get(operation, "cart")

    def address_of(self, operation: str) -> str:
        """Where the operation is sent."""
        return self._services[self.service_of(operation)]

    async def requests(self, operation: str, count: int) -> list[bytes]:
        """So many requests of an operation; raises BenchError when their carts cannot be made."""
        match operation:
            case "create cart":
                return self._shoppers.creations(count)
            case "add item":
                return await self._shoppers.adds(count)
            case "apply discount":
                return await self._shoppers.codes(count)
            case "totals":
                return await self._shoppers.reads(min(count, CARTS_READ))
            case "analytics overview":
                return [self._overview()]
            case _:
                return await self._on_filled_carts(operation, count)

    async def _on_filled_carts(self, operation: str, count: int) -> list[bytes]:
        """Once on each of so many carts for what a cart has done to it once, else many times on few."""
        if once := {"hold": self._hold, "session merge": self._merge}.get(operation):
            return [once(cart) for cart in await self._shoppers.filled(count)]
        carts = await self._shoppers.filled(-(-count // REPEATS))
        return [self._again(operation, cart, turn) for turn in range(REPEATS) for cart in carts]

    def _again(self, operation: str, cart: GuestCart, turn: int) -> bytes:
        """One of the operations that a cart is asked for many times."""
        headers = self._shoppers.headers(cart)
        match operation:
            case "update quantity":
                path = f"/api/public/cart/{cart.id}/items/{cart.lines[turn % len(cart.lines)]}"
                return request("PATCH", path, headers, {"quantity": 2 + turn})
            case "shipping estimate":
                return request("POST", "/api/cart/shipping/estimate", headers, ADDRESS)
            case "tax estimate":
                return request("POST", "/api/cart/tax/estimate", headers, ADDRESS)
            case "upsell":
                return request("GET", "/api/cart/upsells", headers)
            case _:
                raise ValueError(operation)

    def _hold(self, cart: GuestCart) -> bytes:
        return request("POST", f"/api/cart/{cart.id}/hold", self._shoppers.headers(cart), {})

    def _merge(self, cart: GuestCart) -> bytes:
        """Sign in with a guest's cart, as one of customers of whom each has some."""
        customer, self._customers = self._customers // MERGES_PER_CUSTOMER, self._customers + 1
        token = self._tokens.customer(self._shop.company_id, f"customer-{customer}")
        return request("POST", "/api/cart/merge", self._bearer(token), {"sessionToken": cart.token})

    def _overview(self) -> bytes:
        token = self._tokens.admin(self._shop.company_id)
        return request("GET", "/api/analytics/ecommerce/overview", self._bearer(token))

    def _bearer(self, token: str) -> dict[str, str]:
        return {"authorization": f"Bearer {token}", "x-company-id": str(self._shop.company_id)}
