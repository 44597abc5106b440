"""Reading analytics' reports as a merchant's dashboard does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cartwheel_client.models.analytics import (
    CartReport,
    Funnel,
    Overview,
    OverviewEntry,
    PromotionReport,
    RecoveryReport,
    UpsellReport,
)
from cartwheel_client.staff.analytics import Analytics, Period

MOST_DAYS = 366
"""Days asked for at once; a report takes at most 400."""


@dataclass(frozen=True, slots=True)
class Reports:
    """One company's reports in one currency, from `first` to `last`, both days of UTC and included."""

    analytics: Analytics
    currency: str
    first: date
    last: date

    async def overview(self) -> Overview:
        """How the shop's carts do."""
        return await self.analytics.overview(**self._period)

    async def carts(self) -> CartReport:
        """What is in carts."""
        return await self.analytics.carts(**self._period)

    async def funnel(self) -> Funnel:
        """How far carts get."""
        return await self.analytics.funnel(**self._period)

    async def recovery(self) -> RecoveryReport:
        """What recovery mails did."""
        return await self.analytics.recovery(**self._period)

    async def upsell(self) -> UpsellReport:
        """What recommendations did."""
        return await self.analytics.upsell(**self._period)

    async def promotions(self) -> PromotionReport:
        """What promotions took off."""
        return await self.analytics.promotions(**self._period)

    async def daily(self) -> Mapping[date, OverviewEntry]:
        """The overview of each day."""
        days: dict[date, OverviewEntry] = {}
        first = self.first
        while first <= self.last:
            last = min(self.last, first + timedelta(days=MOST_DAYS - 1))
            overview = await replace(self, first=first, last=last).overview()
            days |= {entry.start.date(): entry for entry in overview.series}
            first = last + timedelta(days=1)
        return days

    @property
    def _period(self) -> Period:
        return Period(since=self.first, until=self.last, timezone="UTC", currency=self.currency)
