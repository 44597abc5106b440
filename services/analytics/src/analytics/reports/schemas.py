"""What the reports on carts answer. Amounts are integers of minor units in `currency`, rates are shares from 0 to 1."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from servicekit.http.bodies import View

from analytics.reports.domain import Findings, Question, average, rate
from analytics.reports.periods import Interval


class Parameters(BaseModel):
    """The parameters of every report."""

    from_: str | None = Field(
        default=None, alias="from", max_length=40, description="First day, or first moment; 30 days before the end."
    )
    to: str | None = Field(default=None, max_length=40, description="Last day, or the moment to end before; today.")
    interval: Interval = Field(default=Interval.DAY, description="How long each entry of the series is.")
    site_id: UUID | None = Field(default=None, alias="siteId", description="One site only.")
    timezone: str | None = Field(default=None, max_length=64, description="IANA name; that of the (first) site.")
    currency: str | None = Field(
        default=None, pattern="^[A-Z]{3}$", description="ISO 4217; the site's, else that of most carts."
    )

    def question(self, company_id: UUID, *, enabled: bool) -> Question:
        """What is asked of a company's carts."""
        return Question(
            company_id=company_id,
            enabled=enabled,
            first=self.from_,
            last=self.to,
            interval=self.interval,
            site_id=self.site_id,
            timezone=self.timezone,
            currency=self.currency,
        )


Asked = Annotated[Parameters, Query()]


class Report(View):
    """What every report says about itself. `to` is the first moment after the period; `enabled` false: switched off."""

    enabled: bool
    from_: datetime = Field(alias="from")
    to: datetime
    interval: Interval
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str] = Field(description="All in which carts were made in the period.")

    @classmethod
    def about(cls, findings: Findings, **content: Any) -> Self:
        """The report on what was found, with its own content."""
        scope = findings.scope
        return cls(
            enabled=findings.enabled,
            from_=scope.period.start,
            to=scope.period.end,
            interval=scope.period.interval,
            timezone=scope.period.zone.key,
            site_id=scope.site_id,
            currency=scope.currency,
            currencies=list(scope.currencies),
            **content,
        )


class CartCounts(View):
    """Carts by what happened in the period; `active` are those made in it that are neither left nor final now."""

    created: int
    active: int
    abandoned: int = Field(description="By their first abandonment, also when they came back later.")
    converted: int
    recovered: int
    expired: int
    merged: int


class OverviewEntry(View):
    """One hour, day or week."""

    start: datetime
    created: int
    abandoned: int
    converted: int
    recovered: int
    revenue: int
    units: int
    recovered_revenue: int


class Overview(Report):
    """How the shop's carts do."""

    carts: CartCounts
    abandonment_rate: float = Field(description="Of carts abandoned for good or converted, those abandoned for good.")
    conversion_rate: float = Field(description="Of carts made in the period, those converted by now.")
    average_cart_value: int = Field(description="Mean total of carts made in the period that have lines.")
    revenue: int = Field(description="Totals of converted carts, shipping and tax included.")
    units: int
    recovered_revenue: int
    series: list[OverviewEntry]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """Compute rates and averages from the sums (rules.md 33)."""
        sums, total = findings.series, findings.series.total
        return cls.about(
            findings,
            carts=CartCounts(
                created=total("made"),
                active=total("made.active"),
                abandoned=total("abandoned"),
                converted=total("converted"),
                recovered=total("recovered"),
                expired=total("expired"),
                merged=total("merged"),
            ),
            abandonment_rate=rate(total("lost"), total("lost") + total("converted")),
            conversion_rate=rate(total("made.converted"), total("made")),
            average_cart_value=average(total("made.value"), total("made.filled")),
            revenue=total("revenue"),
            units=total("units"),
            recovered_revenue=total("recovered.revenue"),
            series=[
                OverviewEntry(
                    start=start,
                    created=sums["made"][at],
                    abandoned=sums["abandoned"][at],
                    converted=sums["converted"][at],
                    recovered=sums["recovered"][at],
                    revenue=sums["revenue"][at],
                    units=sums["units"][at],
                    recovered_revenue=sums["recovered.revenue"][at],
                )
                for start, at in findings.entries()
            ],
        )


class Product(View):
    """What happened to a product in the period; no `title` when the catalogue has not told it yet."""

    product_id: UUID
    title: str | None
    carts_added: int
    carts_abandoned: int
    carts_converted: int
    units_added: int
    units_converted: int
    revenue: int


class TopProducts(View):
    """Products by the number of carts to which they were added, in which they were left, or with which they sold."""

    added: list[Product]
    abandoned: list[Product]
    converted: list[Product]


class CartEntry(View):
    """One hour, day or week."""

    start: datetime
    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: int


class CartReport(Report):
    """What is in carts. Averages are over the carts made in the period that have lines."""

    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: int
    top_products: TopProducts
    series: list[CartEntry]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """Compute the averages from the sums."""
        sums, total = findings.series, findings.series.total
        return cls.about(
            findings,
            created=total("made"),
            converted=total("converted"),
            abandoned=total("abandoned"),
            average_items=rate(total("made.items"), total("made.filled")),
            average_value=average(total("made.value"), total("made.filled")),
            top_products=TopProducts(
                **{by: [Product(**product) for product in found] for by, found in findings.products.items()}
            ),
            series=[
                CartEntry(
                    start=start,
                    created=sums["made"][at],
                    converted=sums["converted"][at],
                    abandoned=sums["abandoned"][at],
                    average_items=rate(sums["made.items"][at], sums["made.filled"][at]),
                    average_value=average(sums["made.value"][at], sums["made.filled"][at]),
                )
                for start, at in findings.entries()
            ],
        )


class Step(View):
    """One step of the funnel: carts made in the period that got this far, or further."""

    step: str
    carts: int
    of_previous: float
    of_created: float


class FunnelEntry(View):
    """One hour, day or week in which carts were made."""

    start: datetime
    created: int
    item_added: int
    viewed: int
    checkout_started: int
    converted: int


_STEPS = {
    "created": "made",
    "item_added": "made.added",
    "viewed": "made.viewed",
    "checkout_started": "made.in_checkout",
    "converted": "made.converted",
}
"""The funnel's steps and their measures (rules.md 33)."""


class Funnel(Report):
    """How far the carts made in a period got."""

    steps: list[Step]
    series: list[FunnelEntry]

    @classmethod
    def of(cls, findings: Findings) -> Self:
        """Compute the rates from the sums."""
        counts = [findings.series.total(measure) for measure in _STEPS.values()]
        before = [counts[0], *counts]
        return cls.about(
            findings,
            steps=[
                Step(step=step, carts=carts, of_previous=rate(carts, previous), of_created=rate(carts, counts[0]))
                for step, carts, previous in zip(_STEPS, counts, before, strict=False)
            ],
            series=[
                FunnelEntry(start=start, **{step: findings.series[measure][at] for step, measure in _STEPS.items()})
                for start, at in findings.entries()
            ],
        )
