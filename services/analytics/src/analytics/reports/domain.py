"""What is computed from sums: rates and averages, and what a report is about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from analytics.reports.periods import Interval, Period

NO_CURRENCY = "XXX"
"""ISO 4217: no currency is involved; of a company that has neither carts nor sites yet."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a company's carts of one site or all, in one currency, in one period.

    `currencies` are all in which the company has carts in the period.
    """

    company_id: UUID
    site_id: UUID | None
    currency: str
    currencies: tuple[str, ...]
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a report is asked for; None is left to the company's sites and carts. `enabled`: the feature is on."""

    company_id: UUID
    enabled: bool
    first: str | None
    last: str | None
    interval: Interval
    site_id: UUID | None
    timezone: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Series:
    """Sums of some measures for each entry of a period; a measure that was not counted is 0 everywhere."""

    length: int
    sums: Mapping[str, Sequence[int]]

    def __getitem__(self, measure: str) -> Sequence[int]:
        return self.sums.get(measure) or (0,) * self.length

    def total(self, measure: str) -> int:
        """The sum over the whole period."""
        return sum(self.sums.get(measure, ()))


@dataclass(frozen=True, slots=True)
class Findings:
    """The answer to a question: what it is about, and what was counted of it. Nothing is, while the feature is off."""

    scope: Scope
    enabled: bool
    series: Series
    events: Series
    products: Mapping[str, Sequence[Mapping[str, Any]]]
    promotions: Sequence[Mapping[str, Any]]

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
    """The currency of a report that asks for none.

    The site's when it is about one; else that of most carts, the first by name among equals; else that of the shop's
    first site.
    """
    if of_site is not None:
        return of_site
    return min(carts, key=lambda currency: (-carts[currency], currency), default=of_shop or NO_CURRENCY)
