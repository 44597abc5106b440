"""The carts that the limits write to: carts of the shop like any other, with sessions that can be counted through."""

import json
from dataclasses import dataclass
from uuid import UUID

from bench.carts import Shoppers
from bench.limits.transaction import token_hash
from bench.shop import Shop
from bench.stack import Stack

CARTS = 2_000


@dataclass(frozen=True, slots=True)
class LimitData:
    """What a limit needs to know, handed to its process as JSON."""

    database_url: str
    company_id: UUID
    product_id: UUID
    carts: int

    def as_json(self) -> str:
        """For the environment of a process."""
        fields = (self.database_url, str(self.company_id), str(self.product_id), self.carts)
        return json.dumps(dict(zip(self.__slots__, fields, strict=True)))

    @classmethod
    def from_json(cls, text: str) -> "LimitData":
        """What `as_json` wrote."""
        given = json.loads(text)
        return cls(given["database_url"], UUID(given["company_id"]), UUID(given["product_id"]), given["carts"])


async def prepare(stack: Stack, shop: Shop, shoppers: Shoppers) -> LimitData:
    """Make carts with three lines through the api, then give them sessions by number."""
    carts = await shoppers.filled(CARTS)
    async with stack.looking_into("cart") as database:
        await database.executemany(
            "UPDATE cart_sessions SET token_hash = $2 WHERE cart_id = $1",
            [(UUID(cart.id), token_hash(number)) for number, cart in enumerate(carts, 1)],
        )
        await database.execute("ANALYZE")
    return LimitData(stack.database_url("cart"), shop.company_id, UUID(shop.products[0]), CARTS)
