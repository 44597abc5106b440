"""Shopping an invoice again: a cart created, filled line by line and ordered, at the invoice's own time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from localservers.concurrency import at_once

from cartwheel_local.replay.errors import InvoiceRefused
from cartwheel_local.replay.sales import CURRENCY
from cartwheel_local.replay.staging import Invoice, Item

TIMEOUT_SECONDS = 60.0

Catalogue = Callable[[Item], tuple[UUID, UUID]]
"""The product's and the variant's id of an item."""


@dataclass(frozen=True, slots=True)
class PastShopper:
    """Brings carts of the past in; `client` talks to the cart service itself, `token` has the scope backfill."""

    client: httpx.AsyncClient
    company_id: UUID
    token: str
    catalogue: Catalogue

    async def shop(self, invoice: Invoice) -> None:
        """Create the cart, add each line (repeated ones add up, rules.md 8) and order it under the invoice's number.

        Not repeatable: a refusal or a silence raises InvoiceRefused, because a request may have had its effect.
        """
        cart = await self._send(invoice, "/api/public/cart", {"currency": CURRENCY})
        session = {"x-session-token": str(cart["sessionToken"])}
        for item in invoice.items:
            product_id, variant_id = self.catalogue(item)
            line = {"productId": str(product_id), "variantId": str(variant_id), "quantity": item.quantity}
            await self._send(invoice, f"/api/public/cart/{cart['id']}/items", line, session)
        order = {"orderId": invoice.number, "expectedTotal": invoice.total}
        await self._send(invoice, f"/internal/carts/{cart['id']}/convert", order)

    async def _send(
        self, invoice: Invoice, path: str, body: Mapping[str, Any], more: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        headers = {
            "authorization": f"Bearer {self.token}",
            "x-company-id": str(self.company_id),
            "x-occurred-at": invoice.at.isoformat(),
            **(more or {}),
        }
        try:
            answer = await self.client.post(path, json=body, headers=headers, timeout=TIMEOUT_SECONDS)
        except httpx.TransportError as silence:
            raise InvoiceRefused(f"invoice {invoice.number}: POST {path}: {silence!r}") from silence
        if not answer.is_success:
            told = f"{answer.status_code} {answer.text[:300]}"
            raise InvoiceRefused(f"invoice {invoice.number}: POST {path} was answered {told}")
        return dict(answer.json())


async def shop_all(
    shopper: PastShopper, invoices: Iterable[Invoice], carts_at_once: int, tell: Callable[[Invoice], None]
) -> None:
    """Shop every invoice, begun in the order given, so many at a time; `tell` is called when one is done.

    The first refusal ends it.
    """
    waiting = iter(invoices)

    async def work() -> None:
        for invoice in waiting:  # each worker takes the next one: an invoice is begun when all before it have begun
            await shopper.shop(invoice)
            tell(invoice)

    async with at_once() as group:
        for _ in range(carts_at_once):
            group.create_task(work())


def connections(carts_at_once: int) -> httpx.Limits:
    """One connection for each cart at a time, kept open."""
    return httpx.Limits(max_connections=carts_at_once, max_keepalive_connections=carts_at_once)
