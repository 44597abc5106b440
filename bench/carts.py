"""Carts made before the measured interval, and the requests on them.

The limiter stays on, so requests are spread over as many shoppers as production's limits ask for: 30 adds and 5 codes
a minute for each session, 10 new carts and 30 codes for each address.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import urlsplit

from bench.errors import BenchError
from bench.load.connection import Connection
from bench.load.requests import request
from bench.shop import CODE, Shop

ADDS_PER_CART = 24
CODES_PER_CART = 4
CARTS_PER_ADDRESS = 8
LINES = 3
_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class GuestCart:
    """A cart and the token that opens it."""

    id: str
    token: str
    lines: tuple[str, ...] = ()
    """The ids of its lines, where they are known."""


class Shoppers:
    """Makes guests' carts through the api, and requests on them. Each address and each cart is used once."""

    def __init__(self, address: str, shop: Shop) -> None:
        self._address, self._shop = urlsplit(address), shop
        self._addresses = 0

    def creations(self, count: int) -> list[bytes]:
        """Requests that each create a cart, from enough addresses of a private network."""
        return [self._creation(index) for index in self._fresh_addresses(count)]

    async def adds(self, count: int) -> list[bytes]:
        """So many requests that add one of three products; a cart's come as far apart as can be."""
        carts = await self._make(-(-count // ADDS_PER_CART))
        return [self._add(cart, turn) for turn in range(ADDS_PER_CART) for cart in carts]

    async def reads(self, count: int) -> list[bytes]:
        """Requests that read one of so many carts with three lines."""
        return [request("GET", "/api/public/cart", self.headers(cart)) for cart in await self.filled(count)]

    async def codes(self, count: int) -> list[bytes]:
        """So many requests that apply a code to a cart with three lines."""
        carts = await self.filled(-(-count // CODES_PER_CART))
        return [self._code(cart) for _ in range(CODES_PER_CART) for cart in carts]

    async def wishes(self, count: int) -> list[bytes]:
        """So many requests that put one of three products on a wishlist that does not have it."""
        carts = await self._make(-(-count // LINES))
        return [self._wish(cart, turn) for turn in range(LINES) for cart in carts]

    async def filled(self, count: int) -> list[GuestCart]:
        """Make carts that have three lines."""
        carts = await self._make(count)
        lines: dict[str, tuple[str, ...]] = {}
        for turn in range(LINES):
            lines = dict(await self._ask_all([self._add(cart, turn) for cart in carts], _lines_of))
        return [replace(cart, lines=lines[cart.id]) for cart in carts]

    async def _make(self, count: int) -> list[GuestCart]:
        return await self._ask_all(self.creations(count), lambda body: GuestCart(body["id"], body["sessionToken"]))

    async def _ask_all(self, requests: Sequence[bytes], read: Callable[[dict[str, Any]], Any]) -> list[Any]:
        """Ask over a few connections at once; raises BenchError for an answer that is no success."""
        waiting = iter(requests)
        found: list[Any] = []

        async def asker() -> None:
            connection = await Connection.open(self._address.hostname or "", self._address.port or 80)
            try:
                for request in waiting:
                    answer = await connection.ask(request)
                    if answer.status not in (200, 201):
                        raise BenchError(f"preparing carts was answered {answer.status}: {answer.body[:300]!r}")
                    found.append(read(json.loads(answer.body)))
            finally:
                connection.close()

        await asyncio.gather(*(asker() for _ in range(_CONNECTIONS)))
        return found

    def _fresh_addresses(self, carts: int) -> list[int]:
        first, self._addresses = self._addresses, self._addresses + -(-carts // CARTS_PER_ADDRESS)
        return [first + index // CARTS_PER_ADDRESS for index in range(carts)]

    def _creation(self, address: int) -> bytes:
        network = f"10.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"
        headers = {"x-company-id": str(self._shop.company_id), "x-forwarded-for": network}
        return request("POST", "/api/public/cart", headers, {"currency": "USD"})

    def _add(self, cart: GuestCart, turn: int) -> bytes:
        body = {"productId": self._shop.products[turn % LINES], "quantity": 1}
        return request("POST", f"/api/public/cart/{cart.id}/items", self.headers(cart), body)

    def _wish(self, cart: GuestCart, turn: int) -> bytes:
        return request("POST", "/api/wishlist/items", self.headers(cart), {"productId": self._shop.products[turn]})

    def _code(self, cart: GuestCart) -> bytes:
        headers = {**self.headers(cart), "x-forwarded-for": str(IPv4Address(int(cart.id[-6:], 16)))}
        return request("POST", f"/api/public/cart/{cart.id}/discount", headers, {"code": CODE})

    def headers(self, cart: GuestCart) -> dict[str, str]:
        """What a request of the cart's shopper says of itself."""
        return {"x-company-id": str(self._shop.company_id), "x-session-token": cart.token}


def _lines_of(body: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return body["id"], tuple(line["id"] for line in body["items"])
