"""A company as its staff, its carts and its sales see the pricing service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from contracts.cart import AppliedDiscount, CartConverted, CartTotals
from contracts.envelope import Envelope, RecordedEvent
from contracts.pricing import RuleSetPublished
from contracts.ruleset import RuleSet
from pricing.subscriptions import subscriptions
from servicekit.auth.service_tokens import mint_service_token
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import deliver, envelope_of, mint_jwt, published
from servicekit.testing.settings import SERVICE_TOKEN_SECRET

TEN_PERCENT = {"name": "Ten percent", "type": "PERCENTAGE_OFF", "scope": "CART", "basisPoints": 1000}
GERMAN_VAT = {"name": "MwSt", "type": "VAT", "country": "DE", "ratePpm": 190_000}
PARCEL = {"name": "Parcel", "amounts": {"EUR": 490}}
NO_TOTALS = CartTotals(item_count=0, subtotal=0, discount_total=0, shipping_total=0, tax_total=0, total=0)


@dataclass(frozen=True)
class Shop:
    """One company of a test; nothing of it is seen by another test."""

    client: httpx.AsyncClient
    database: Database
    company_id: UUID

    async def asks(self, method: str, path: str, body: object = None, *, role: str = "admin") -> httpx.Response:
        """A call by a member of the shop's staff."""
        token = mint_jwt(self.company_id, "ada", roles=[role])
        return await self.client.request(method, path, json=body, headers={"authorization": f"Bearer {token}"})

    async def makes(self, noun: str, body: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """What an admin creates under /api/admin/{noun}, as it is answered."""
        answer = await self.asks("POST", f"/api/admin/{noun}", {**body, **fields})
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    async def cart_asks(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A call by the cart service."""
        token = mint_service_token(SERVICE_TOKEN_SECRET, "cart", (), timedelta(minutes=5))
        headers = {"authorization": f"Bearer {token}", "x-company-id": str(self.company_id)}
        return await self.client.request(method, path, json=body, headers=headers)

    async def resolves(self, code: str, currency: str = "EUR", site_id: UUID | None = None) -> httpx.Response:
        """What a code stands for, as the cart service reads it."""
        requested = {"code": code, "siteId": str(site_id or new_id()), "currency": currency}
        return await self.cart_asks("POST", "/internal/codes/resolve", requested)

    async def rule_sets(self) -> list[RuleSet]:
        """Every rule set published for the company."""
        events = [event.data for event in await published(self.database, RuleSetPublished)]
        sets = [event.rule_set for event in events if isinstance(event, RuleSetPublished)]
        return [found for found in sets if found.company_id == self.company_id]

    async def rules(self) -> RuleSet:
        """The rule set published last."""
        return (await self.rule_sets())[-1]

    def sale(self, **amounts: int) -> Envelope[CartConverted]:
        """A converted cart; `amounts` are what promotions took off, by their ids in hex."""
        event = CartConverted(
            site_id=new_id(),
            currency="EUR",
            actor="system",
            order_id="order-1",
            lines=(),
            totals=NO_TOTALS,
            discounts=tuple(
                AppliedDiscount(promotion_id=UUID(promotion), name="any", amount=amount)
                for promotion, amount in amounts.items()
            ),
        )
        return envelope_of(RecordedEvent(event, self.company_id, new_id(), 7, datetime.now(UTC)))

    async def receives(self, event: Envelope[CartConverted]) -> list[str]:
        """The event arrives."""
        return await deliver(subscriptions, event, self.database)
