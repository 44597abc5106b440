"""A company's dashboard: events delivered to the service, and the reports that it answers with."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from analytics.subscriptions import subscriptions
from contracts.cart import SiteChanged
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import ProductChanged
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import deliver, envelope_of, mint_jwt

from ..cart_history import NOON, CartHistory  # no installed package


@dataclass
class Dashboard:
    """Delivers events as the broker would, and reads reports as staff do."""

    client: httpx.AsyncClient
    database: Database
    company_id: UUID
    site_id: UUID = field(default_factory=new_id)

    def cart(self, currency: str = "EUR", site_id: UUID | None = None) -> CartHistory:
        """A new cart."""
        return CartHistory(self.company_id, site_id or self.site_id, currency)

    async def deliver(self, *events: Envelope[Any]) -> None:
        """Deliver events one by one."""
        for event in events:
            await deliver(subscriptions, event, self.database)

    async def site(self, currency: str, timezone: str, *, version: int = 1, site_id: UUID | None = None) -> None:
        """The cart service publishes a site."""
        site = SiteChanged(
            name="Mugs",
            company_name="Mugs Ltd",
            site_type="STOREFRONT",
            currency=currency,
            locale="en",
            timezone=timezone,
            portal_url="http://localhost",
        )
        await self.deliver(envelope_of(RecordedEvent(site, self.company_id, site_id or self.site_id, version, NOON)))

    async def product(self, product_id: UUID, title: str, *, version: int = 1) -> None:
        """The inventory service publishes a product."""
        product = ProductChanged(title=title, slug="mug", active=True, variants=())
        await self.deliver(envelope_of(RecordedEvent(product, self.company_id, product_id, version, NOON)))

    async def report(self, name: str, **parameters: str) -> dict[str, Any]:
        """A report that is answered with 200."""
        answer = await self.get(f"/api/analytics/ecommerce/{name}", **parameters)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    async def get(self, path: str, *, role: str = "viewer", **parameters: str) -> httpx.Response:
        """Any answer to a member of staff."""
        token = mint_jwt(self.company_id, "staff-1", roles=[role])
        return await self.client.get(path, params=parameters, headers={"Authorization": f"Bearer {token}"})
