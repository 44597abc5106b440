"""Carts as the shop's staff sees them."""

from dataclasses import dataclass
from uuid import UUID

from cartwheel_client.connection import Connection
from cartwheel_client.models.cart import ActivityViewPage, CartSummaryPage, CartView, StatsView

_PATH = "/api/admin/carts"


@dataclass(frozen=True, slots=True)
class Carts:
    """Every cart of the company."""

    connection: Connection

    async def list(
        self,
        *,
        status: str | None = None,
        site_id: UUID | None = None,
        customer_id: str | None = None,
        visitor_id: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> CartSummaryPage:
        """A page of carts, newest first."""
        filters = {"status": status, "siteId": site_id, "customerId": customer_id, "visitorId": visitor_id}
        return await self.connection.read(CartSummaryPage, _PATH, **filters, limit=limit, cursor=cursor)

    async def stats(self, *, site_id: UUID | None = None, currency: str | None = None) -> StatsView:
        """Carts by state now."""
        return await self.connection.read(StatsView, f"{_PATH}/stats", siteId=site_id, currency=currency)

    async def read(self, cart_id: UUID, *, explain: bool | None = None) -> CartView:
        """One whole cart; `explain` adds how its prices came about."""
        return await self.connection.read(CartView, f"{_PATH}/{cart_id}", explain=explain)

    async def activity(self, cart_id: UUID, *, limit: int | None = None, cursor: str | None = None) -> ActivityViewPage:
        """A page of what happened to a cart."""
        path = f"{_PATH}/{cart_id}/activity"
        return await self.connection.read(ActivityViewPage, path, limit=limit, cursor=cursor)
