"""What every shopper of a run shares: the shop with its goods, the post, the order system, the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx

from cartwheel_local.demo.errors import Surprised
from cartwheel_local.demo.ledger import CartNote, Ledger
from cartwheel_local.demo.post import Post
from cartwheel_local.seed.tokens import Tokens

ABANDONMENT_SECONDS: Final = 6
"""How long a cart of the demo lies idle before it is abandoned: a setting of its sites."""


@dataclass(frozen=True, slots=True)
class Site:
    """One of the shop's sites."""

    id: UUID
    currency: str


@dataclass(frozen=True, slots=True)
class OrderSystem:
    """The shop's own order system: it takes orders by asking the cart service to convert (rules.md 16)."""

    client: httpx.AsyncClient
    company_id: UUID
    token: str

    async def take(self, note: CartNote) -> None:
        """Order the cart at the total that the shopper saw, and tell the shopper what was charged."""
        answer = await self._send(
            "POST", f"{note.id}/convert", {"orderId": f"order-of-{note.id}", "expectedTotal": note.total}
        )
        final = await self._send("GET", note.id)
        note.ordered(answer["totals"], final["version"])

    async def _send(self, method: str, path: str, body: object = None) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {self.token}", "x-company-id": str(self.company_id)}
        try:
            answer = await self.client.request(method, f"/internal/carts/{path}", json=body, headers=headers)
        except httpx.TransportError as silence:
            raise Surprised(f"an order was not answered: {silence!r}") from silence
        if not answer.is_success:
            raise Surprised(f"an order was answered {answer.status_code} {answer.text[:300]}")
        return dict(answer.json())


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is not a shopper's own."""

    api_url: str
    company_id: UUID
    sites: Sequence[Site]
    products: Sequence[Mapping[str, Any]]
    tokens: Tokens
    orders: OrderSystem
    post: Post
    ledger: Ledger
