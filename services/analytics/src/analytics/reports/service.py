"""The reports: each fills in what the question leaves open, then reads the sums that it needs."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from contracts.base import Event
from contracts.recovery import RecoveryEmailSent, RecoveryLinkClicked
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellShown
from servicekit.db import Unit

from analytics.errors import SiteNotFound404
from analytics.names import repository as names
from analytics.reports import repository
from analytics.reports.domain import Findings, Question, Scope, Series, default_currency
from analytics.reports.periods import is_zone, period_of, zone_of

_TOP_PRODUCTS = 10
_TOP_PROMOTIONS = 100
_NOTHING = Series(0, {})

_COUNTS = ("made", "abandoned", "converted")
_FILLING = ("made.filled", "made.items", "made.value")
_RECOVERED = ("recovered", "recovered.revenue")


async def overview(unit: Unit, question: Question) -> Findings:
    """Carts by what happened to them, their revenue, and both over time."""
    fates = ("made.active", "made.converted", "lost", "merged", "expired", "revenue", "units")
    return await _find(unit, question, (*_COUNTS, *_FILLING, *fates, *_RECOVERED))


async def carts(unit: Unit, question: Question) -> Findings:
    """Carts and what is in them, with the products that are added, left and sold most."""
    return await _find(unit, question, (*_COUNTS, *_FILLING), products=_TOP_PRODUCTS)


async def funnel(unit: Unit, question: Question) -> Findings:
    """How far carts got (rules.md 33)."""
    return await _find(unit, question, ("made", "made.added", "made.viewed", "made.in_checkout", "made.converted"))


async def recovery(unit: Unit, question: Question) -> Findings:
    """Mails, clicks, and the carts that they brought back (rules.md 31)."""
    measures = (*_RECOVERED, "influenced", "influenced.revenue")
    return await _find(unit, question, measures, events=(RecoveryEmailSent, RecoveryLinkClicked))


async def upsell(unit: Unit, question: Question) -> Findings:
    """What was recommended, and what became of it."""
    return await _find(unit, question, (), events=(UpsellShown, UpsellAdded, UpsellDismissed))


async def promotions(unit: Unit, question: Question) -> Findings:
    """What promotions took off the carts that converted."""
    return await _find(unit, question, ("discounts",), promotions=_TOP_PROMOTIONS)


async def _find(
    unit: Unit,
    question: Question,
    measures: Sequence[str],
    *,
    events: Sequence[type[Event]] = (),
    products: int = 0,
    promotions: int = 0,
) -> Findings:
    """Read what a report needs, all of it in the scope that the question comes to, or nothing if switched off."""
    scope = await _scope(unit, question)
    if not question.enabled:
        return Findings(scope, False, _NOTHING, _NOTHING, dict.fromkeys(repository.RANKINGS, ()), ())
    return Findings(
        scope,
        True,
        await repository.series(unit, scope, measures) if measures else _NOTHING,
        await repository.event_series(unit, scope, events) if events else _NOTHING,
        await repository.top_products(unit, scope, products) if products else {},
        await repository.top_promotions(unit, scope, promotions) if promotions else (),
    )


async def _scope(unit: Unit, question: Question) -> Scope:
    """Fill in what the question leaves open from the company's sites and carts.

    Raises PeriodInvalid422 naming the parameter, and SiteNotFound404 for a site that is not the company's.
    """
    sites = await names.sites(unit, question.company_id)
    site = next((site for site in sites if site["site_id"] == question.site_id), None)
    if question.site_id and not site and not await repository.has_site(unit, question.company_id, question.site_id):
        raise SiteNotFound404
    zone = zone_of(question.timezone) if question.timezone else _zone_of_shop([site] if site else sites)
    period = period_of(question.first, question.last, question.interval, zone, unit.now)
    made = await repository.carts_by_currency(unit, question.company_id, question.site_id, period)
    currency = question.currency or default_currency(
        site["currency"] if site else None, made, sites[0]["currency"] if sites else None
    )
    return Scope(question.company_id, question.site_id, currency, tuple(sorted(made)), period)


def _zone_of_shop(sites: Sequence[Mapping[str, Any]]) -> ZoneInfo:
    """The time zone of the first site that has one; UTC while none is known."""
    return ZoneInfo(next((site["timezone"] for site in sites if is_zone(site["timezone"])), "UTC"))
