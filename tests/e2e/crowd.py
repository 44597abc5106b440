"""Many shoppers adding at once, and a ledger of what each of them saw acknowledged, kept outside the system."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from servicekit.testing.polling import poll

from .shop_owner import Shop

AT_ONCE = 16
CARTS_EACH = 4
NOT_TRACED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}
"""The shoppers' own decision that their thousands of clicks are not to be recorded."""


@dataclass
class Ledger:
    """Every acknowledged add as (cart, version that it made), and every answer that was anything else."""

    acknowledged: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many adds were acknowledged."""
        return self.acknowledged.total()

    def note(self, answer: httpx.Response) -> None:
        """Write down one answer."""
        if answer.status_code in {200, 201}:
            cart = answer.json()
            self.acknowledged[UUID(cart["id"]), cart["version"]] += 1
        else:
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")


class Crowd:
    """Shoppers who go on adding until told to stop; a token with the scope backfill spares them one person's limits."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stop = asyncio.Event()
        self.ledger = Ledger()

    async def adds(self, more: int) -> float:
        """Wait until so many more adds are acknowledged, and return how many that were a second."""
        loop = asyncio.get_running_loop()
        started, goal = loop.time(), self.ledger.count + more
        await poll(self._acknowledged, lambda count: count >= goal, deadline_seconds=60)
        return more / (loop.time() - started)

    async def shops(self) -> None:
        """Add from many carts at once until told to stop."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._shop_alone())

    def goes_home(self) -> None:
        """Let everybody finish the add in hand."""
        self._stop.set()

    async def _acknowledged(self) -> int:
        return self.ledger.count

    async def _shop_alone(self) -> None:
        token = self._shop.stack.tokens.service("crowd", "backfill")
        headers = {"authorization": f"Bearer {token}", "x-company-id": str(self._shop.company_id), **NOT_TRACED}
        add = {"productId": self._shop.products["mug"], "quantity": 1}
        async with httpx.AsyncClient(base_url=self._shop.stack.api_url, headers=headers, timeout=30) as client:
            carts = [(await client.post("/api/public/cart", json={})).json() for _ in range(CARTS_EACH)]
            while not self._stop.is_set():
                for cart in carts:
                    session = {"x-session-token": cart["sessionToken"]}
                    answer = await client.post(f"/api/public/cart/{cart['id']}/items", json=add, headers=session)
                    self.ledger.note(answer)
