"""What recovery, recommendations and promotions are reported to have done."""

from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.recovery import RecoveryEmailSent, RecoveryLinkClicked
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellShown
from pydantic import Field
from servicekit.http.bodies import View

from analytics.reports.domain import Findings, rate
from analytics.reports.schemas import Report


class RecoveryEntry(View):
    """One hour, day or week."""

    start: datetime
    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: int


class RecoveryReport(Report):
    """What recovery did (rules.md 31). Mails and clicks are counted whatever the currency of their cart."""

    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: int
    influenced_revenue: int
    series: list[RecoveryEntry]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """Put the figures of carts beside the counts of mails and clicks."""
        carts, events = findings.series, findings.events
        return cls.about(
            findings,
            mails_sent=events.total(RecoveryEmailSent.type),
            clicks=events.total(RecoveryLinkClicked.type),
            recovered=carts.total("recovered"),
            influenced=carts.total("influenced"),
            recovered_revenue=carts.total("recovered.revenue"),
            influenced_revenue=carts.total("influenced.revenue"),
            series=[
                RecoveryEntry(
                    start=start,
                    mails_sent=events[RecoveryEmailSent.type][at],
                    clicks=events[RecoveryLinkClicked.type][at],
                    recovered=carts["recovered"][at],
                    influenced=carts["influenced"][at],
                    recovered_revenue=carts["recovered.revenue"][at],
                )
                for start, at in findings.entries()
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
    def of(cls, findings: Findings) -> Self:
        """Put the counts of what was shown beside what became of it."""
        events = findings.events
        shown, added = events.total(UpsellShown.type), events.total(UpsellAdded.type)
        return cls.about(
            findings,
            shown=shown,
            added=added,
            dismissed=events.total(UpsellDismissed.type),
            added_rate=rate(added, shown),
            series=[
                UpsellEntry(
                    start=start,
                    shown=events[UpsellShown.type][at],
                    added=events[UpsellAdded.type][at],
                    dismissed=events[UpsellDismissed.type][at],
                )
                for start, at in findings.entries()
            ],
        )


class Promotion(View):
    """What one promotion took off converted carts."""

    promotion_id: UUID
    name: str
    uses: int
    amount: int


class PromotionReport(Report):
    """The promotions that took most off the carts converted in the period."""

    discounts: int = Field(description="All discounts of converted carts.")
    items: list[Promotion]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """The promotions that were found, the dearest first."""
        return cls.about(
            findings,
            discounts=findings.series.total("discounts"),
            items=[Promotion(**promotion) for promotion in findings.promotions],
        )
