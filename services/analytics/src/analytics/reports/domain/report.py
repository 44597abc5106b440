"""What a report is about and is made from, and the rates and averages computed of it.

Amounts are in minor units of the report's currency.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from contracts.base import Event
from contracts.money import MinorUnits

from analytics.figures.domain.measures import Measure
from analytics.reports.domain.periods import Interval, Period

CountedT = TypeVar("CountedT")

NO_CURRENCY = "XXX"
"""ISO 4217: no currency is involved; of a company that has neither carts nor sites yet."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: carts of one site or all, in one currency, in one period.

    `currencies` are all in which the company has carts in the period.
    """

    site_id: UUID | None
    currency: str
    currencies: tuple[str, ...]
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What a report is requested for; None is left to the company's sites and carts. `enabled`: the feature is on."""

    enabled: bool
    first: str | None
    last: str | None
    interval: Interval
    site_id: UUID | None
    timezone: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Series(Generic[CountedT]):
    """Sums for each entry of a period, of measures or of types of events; what was not counted is 0 everywhere."""

    length: int
    sums: Mapping[CountedT, Sequence[int]]

    def __getitem__(self, counted: CountedT) -> Sequence[int]:
        return self.sums.get(counted) or (0,) * self.length

    def total(self, counted: CountedT) -> int:
        """The sum over the whole period."""
        return sum(self.sums.get(counted, ()))


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """What happened to a product in carts; no `title` while its ProductChanged has not arrived."""

    product_id: UUID
    title: str | None
    carts_added: int
    carts_abandoned: int
    carts_converted: int
    quantity_added: int
    quantity_converted: int
    revenue: MinorUnits


@dataclass(frozen=True, slots=True)
class TopProducts:
    """Products by the number of carts to which they were added, in which they were left, or with which they sold."""

    added: Sequence[ProductCounts] = ()
    abandoned: Sequence[ProductCounts] = ()
    converted: Sequence[ProductCounts] = ()


@dataclass(frozen=True, slots=True)
class PromotionCounts:
    """What one promotion took off converted carts, in minor units."""

    promotion_id: UUID
    name: str
    uses: int
    amount: MinorUnits


@dataclass(frozen=True, slots=True)
class ReportData:
    """What a report is about, and what was counted for it. Nothing is, while the feature is off."""

    scope: Scope
    enabled: bool
    carts: Series[Measure]
    events: Series[type[Event]]
    products: TopProducts
    promotions: Sequence[PromotionCounts]

    def entries(self) -> Iterator[tuple[datetime, int]]:
        """The beginning and the index of each entry of the series; none while the feature is off."""
        starts = self.scope.period.starts if self.enabled else ()
        return ((start, index) for index, start in enumerate(starts))


def rate(part: int, whole: int) -> float:
    """The share to four places, 0 when there is nothing to have a share of."""
    return round(part / whole, 4) if whole else 0.0


def average(total: int, count: int) -> int:
    """The mean of amounts in whole minor units, half to even; 0 of nothing."""
    if not count:
        return 0
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2))


def default_currency(of_site: str | None, carts: Mapping[str, int], of_shop: str | None) -> str:
    """The currency of a report for which none is requested.

    The site's when it is about one; else that of most carts, the first by name among equals; else that of the shop's
    first site.
    """
    if of_site is not None:
        return of_site
    return min(carts, key=lambda currency: (-carts[currency], currency), default=of_shop or NO_CURRENCY)
