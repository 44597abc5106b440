"""HTTP bodies of the reports on carts. Amounts are integers of minor units in `currency`, rates shares from 0 to 1."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from contracts.money import MinorUnits
from fastapi import Query
from pydantic import BaseModel, Field
from servicekit.http.bodies import View

from analytics.figures.domain import measures as m
from analytics.reports.domain.periods import Interval
from analytics.reports.domain.report import ProductCounts, ReportData, ReportRequest, average, rate


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

    def request(self, *, enabled: bool) -> ReportRequest:
        """The report that these parameters request."""
        return ReportRequest(
            enabled=enabled,
            first=self.from_,
            last=self.to,
            interval=self.interval,
            site_id=self.site_id,
            timezone=self.timezone,
            currency=self.currency,
        )


ReportParameters = Annotated[Parameters, Query()]


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
    def about(cls, data: ReportData, **content: Any) -> Self:
        """The report on this data, with its own content."""
        scope = data.scope
        return cls(
            enabled=data.enabled,
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
    revenue: MinorUnits
    units: int
    recovered_revenue: MinorUnits


class Overview(Report):
    """How the shop's carts do."""

    carts: CartCounts
    abandonment_rate: float = Field(description="Of carts abandoned for good or converted, those abandoned for good.")
    conversion_rate: float = Field(description="Of carts made in the period, those converted by now.")
    average_cart_value: MinorUnits = Field(description="Mean total of carts made in the period that have lines.")
    revenue: MinorUnits = Field(description="Totals of converted carts, shipping and tax included.")
    units: int
    recovered_revenue: MinorUnits
    series: list[OverviewEntry]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """Compute rates and averages from the sums (rules.md 33)."""
        sums, total = data.carts, data.carts.total
        return cls.about(
            data,
            carts=CartCounts(
                created=total(m.CREATED),
                active=total(m.ACTIVE),
                abandoned=total(m.ABANDONED),
                converted=total(m.CONVERTED),
                recovered=total(m.RECOVERED),
                expired=total(m.EXPIRED),
                merged=total(m.MERGED),
            ),
            abandonment_rate=rate(total(m.LOST), total(m.LOST) + total(m.CONVERTED)),
            conversion_rate=rate(total(m.CREATED_AND_CONVERTED), total(m.CREATED)),
            average_cart_value=average(total(m.VALUE), total(m.WITH_ITEMS)),
            revenue=total(m.REVENUE),
            units=total(m.QUANTITY),
            recovered_revenue=total(m.RECOVERED_REVENUE),
            series=[
                OverviewEntry(
                    start=start,
                    created=sums[m.CREATED][at],
                    abandoned=sums[m.ABANDONED][at],
                    converted=sums[m.CONVERTED][at],
                    recovered=sums[m.RECOVERED][at],
                    revenue=sums[m.REVENUE][at],
                    units=sums[m.QUANTITY][at],
                    recovered_revenue=sums[m.RECOVERED_REVENUE][at],
                )
                for start, at in data.entries()
            ],
        )


class Product(View):
    """What happened to a product in the period; no `title` while the catalogue has not published it."""

    product_id: UUID
    title: str | None
    carts_added: int
    carts_abandoned: int
    carts_converted: int
    units_added: int
    units_converted: int
    revenue: MinorUnits


class TopProducts(View):
    """Products by the number of carts to which they were added, in which they were left, or with which they sold."""

    added: list[Product]
    abandoned: list[Product]
    converted: list[Product]


def _products(counts: Iterable[ProductCounts]) -> list[Product]:
    return [
        Product(
            product_id=product.product_id,
            title=product.title,
            carts_added=product.carts_added,
            carts_abandoned=product.carts_abandoned,
            carts_converted=product.carts_converted,
            units_added=product.quantity_added,
            units_converted=product.quantity_converted,
            revenue=product.revenue,
        )
        for product in counts
    ]


class CartEntry(View):
    """One hour, day or week."""

    start: datetime
    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: MinorUnits


class CartReport(Report):
    """What is in carts. Averages are over the carts made in the period that have lines."""

    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: MinorUnits
    top_products: TopProducts
    series: list[CartEntry]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """Compute the averages from the sums."""
        sums, total = data.carts, data.carts.total
        return cls.about(
            data,
            created=total(m.CREATED),
            converted=total(m.CONVERTED),
            abandoned=total(m.ABANDONED),
            average_items=rate(total(m.ITEM_COUNT), total(m.WITH_ITEMS)),
            average_value=average(total(m.VALUE), total(m.WITH_ITEMS)),
            top_products=TopProducts(
                added=_products(data.products.added),
                abandoned=_products(data.products.abandoned),
                converted=_products(data.products.converted),
            ),
            series=[
                CartEntry(
                    start=start,
                    created=sums[m.CREATED][at],
                    converted=sums[m.CONVERTED][at],
                    abandoned=sums[m.ABANDONED][at],
                    average_items=rate(sums[m.ITEM_COUNT][at], sums[m.WITH_ITEMS][at]),
                    average_value=average(sums[m.VALUE][at], sums[m.WITH_ITEMS][at]),
                )
                for start, at in data.entries()
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


class Funnel(Report):
    """How far the carts made in a period got."""

    steps: list[Step]
    series: list[FunnelEntry]

    @classmethod
    def of(cls, data: ReportData) -> Self:
        """Compute the rates from the sums."""
        counts = [data.carts.total(measure) for measure in m.FUNNEL]
        before = [counts[0], *counts]
        return cls.about(
            data,
            steps=[
                Step(step=step.field, carts=carts, of_previous=rate(carts, previous), of_created=rate(carts, counts[0]))
                for step, carts, previous in zip(m.FUNNEL, counts, before, strict=False)
            ],
            series=[
                FunnelEntry(start=start, **{step.field: data.carts[step][at] for step in m.FUNNEL})
                for start, at in data.entries()
            ],
        )
