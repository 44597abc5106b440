"""HTTP bodies of the reports on recovery, recommendations and promotions.

Amounts are in minor units of the report's currency.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.money import MinorUnits
from contracts.recovery import RecoveryEmailSent, RecoveryLinkClicked
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellShown
from pydantic import Field
from servicekit.http.bodies import View

from analytics.figures.domain import measures as m
from analytics.reports.domain.report import ReportData, rate
from analytics.reports.schemas import Report


class RecoveryEntry(View):
    """One hour, day or week."""

    start: datetime
    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: MinorUnits


class RecoveryReport(Report):
    """What recovery did (rules.md 31). Mails and clicks are counted whatever the currency of their cart."""

    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: MinorUnits
    influenced_revenue: MinorUnits
    series: list[RecoveryEntry]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """Put the figures of carts beside the counts of mails and clicks."""
        carts, events = data.carts, data.events
        return cls.about(
            data,
            mails_sent=events.total(RecoveryEmailSent),
            clicks=events.total(RecoveryLinkClicked),
            recovered=carts.total(m.RECOVERED),
            influenced=carts.total(m.INFLUENCED),
            recovered_revenue=carts.total(m.RECOVERED_REVENUE),
            influenced_revenue=carts.total(m.INFLUENCED_REVENUE),
            series=[
                RecoveryEntry(
                    start=start,
                    mails_sent=events[RecoveryEmailSent][at],
                    clicks=events[RecoveryLinkClicked][at],
                    recovered=carts[m.RECOVERED][at],
                    influenced=carts[m.INFLUENCED][at],
                    recovered_revenue=carts[m.RECOVERED_REVENUE][at],
                )
                for start, at in data.entries()
            ],
        )


class UpsellEntry(View):
    """One hour, day or week."""

    start: datetime
    shown: int
    added: int
    dismissed: int


class UpsellReport(Report):
    """What recommendations did, counted whatever the currency. `added_rate` is of the times they were shown."""

    shown: int
    added: int
    dismissed: int
    added_rate: float
    series: list[UpsellEntry]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """Put the counts of what was shown beside what became of it."""
        events = data.events
        shown, added = events.total(UpsellShown), events.total(UpsellAdded)
        return cls.about(
            data,
            shown=shown,
            added=added,
            dismissed=events.total(UpsellDismissed),
            added_rate=rate(added, shown),
            series=[
                UpsellEntry(
                    start=start,
                    shown=events[UpsellShown][at],
                    added=events[UpsellAdded][at],
                    dismissed=events[UpsellDismissed][at],
                )
                for start, at in data.entries()
            ],
        )


class Promotion(View):
    """What one promotion took off converted carts."""

    promotion_id: UUID
    name: str
    uses: int
    amount: MinorUnits


class PromotionReport(Report):
    """The promotions that took most off the carts converted in the period."""

    discounts: MinorUnits = Field(description="All discounts of converted carts.")
    items: list[Promotion]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """List the promotions, the one that took most off first."""
        return cls.about(
            data,
            discounts=data.carts.total(m.DISCOUNTS),
            items=[Promotion(**asdict(promotion)) for promotion in data.promotions],
        )
