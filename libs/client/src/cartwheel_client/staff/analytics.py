"""A company's numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, TypeVar, Unpack
from uuid import UUID

from cartwheel_client.connection import Connection
from cartwheel_client.model import Model
from cartwheel_client.models.analytics import (
    CartReport,
    EventPage,
    Funnel,
    Overview,
    PromotionReport,
    RecoveryReport,
    UpsellReport,
)

ReportT = TypeVar("ReportT", bound=Model)


class Period(TypedDict, total=False):
    """What a report is about; without anything, the last days of the whole company in its currency."""

    since: date | datetime
    """The first day, or moment."""
    until: date | datetime
    """The last day, included, or moment."""
    interval: str
    """hour, day or week."""
    site_id: UUID
    timezone: str
    """Where days begin, such as Europe/Vienna."""
    currency: str


@dataclass(frozen=True, slots=True)
class Analytics:
    """Reports; amounts in minor units of the report's `currency`."""

    connection: Connection

    async def overview(self, **period: Unpack[Period]) -> Overview:
        """How the shop's carts do."""
        return await self._report(Overview, "overview", period)

    async def carts(self, **period: Unpack[Period]) -> CartReport:
        """What is in carts."""
        return await self._report(CartReport, "cart", period)

    async def funnel(self, **period: Unpack[Period]) -> Funnel:
        """How far carts get."""
        return await self._report(Funnel, "funnel", period)

    async def recovery(self, **period: Unpack[Period]) -> RecoveryReport:
        """What recovery mails did."""
        return await self._report(RecoveryReport, "recovery", period)

    async def upsell(self, **period: Unpack[Period]) -> UpsellReport:
        """What recommendations did."""
        return await self._report(UpsellReport, "upsell", period)

    async def promotions(self, **period: Unpack[Period]) -> PromotionReport:
        """What promotions took off."""
        return await self._report(PromotionReport, "promotions", period)

    async def events(self, cart_id: UUID, *, limit: int | None = None, cursor: str | None = None) -> EventPage:
        """A page of what happened to a cart, as it was recorded."""
        path = "/api/admin/ecommerce-analytics/events"
        return await self.connection.read(EventPage, path, cartId=cart_id, limit=limit, cursor=cursor)

    async def _report(self, report: type[ReportT], name: str, period: Period) -> ReportT:
        query = {
            "from": period.get("since"),
            "to": period.get("until"),
            "interval": period.get("interval"),
            "siteId": period.get("site_id"),
            "timezone": period.get("timezone"),
            "currency": period.get("currency"),
        }
        return await self.connection.read(report, f"/api/analytics/ecommerce/{name}", **query)
