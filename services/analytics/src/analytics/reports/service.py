"""The reports: each fills in what the request leaves open, then reads the sums that it needs."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from contracts.base import Event
from contracts.recovery import RecoveryEmailSent, RecoveryLinkClicked
from contracts.upsell import UpsellAdded, UpsellDismissed, UpsellShown
from servicekit.db import TenantUnit

from analytics.errors import SiteNotFound404
from analytics.figures.domain import measures as m
from analytics.figures.domain.measures import Measure
from analytics.replicas import repository as replicas
from analytics.replicas.repository import Site
from analytics.reports import repository
from analytics.reports.domain.periods import is_zone, period_of, zone_of
from analytics.reports.domain.report import ReportData, ReportRequest, Scope, Series, TopProducts, default_currency

_TOP_PRODUCTS = 10
_TOP_PROMOTIONS = 100

_FLOW = (m.CREATED, m.ABANDONED, m.CONVERTED)
_CONTENTS = (m.WITH_ITEMS, m.VALUE)
_RECOVERED = (m.RECOVERED, m.RECOVERED_REVENUE)
_OUTCOMES = (m.ACTIVE, m.CREATED_AND_CONVERTED, m.LOST, m.MERGED, m.EXPIRED, m.REVENUE, m.QUANTITY)


async def overview(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """Carts by what happened to them, their revenue, and both over time."""
    return await _read(unit, request, (*_FLOW, *_CONTENTS, *_OUTCOMES, *_RECOVERED))


async def carts(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """Carts and what is in them, with the products that are added, left and sold most."""
    return await _read(unit, request, (*_FLOW, *_CONTENTS, m.ITEM_COUNT), products=_TOP_PRODUCTS)


async def funnel(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """How far carts got (rules.md 33)."""
    return await _read(unit, request, m.FUNNEL)


async def recovery(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """Mails, clicks, and the carts that they brought back (rules.md 31)."""
    measures = (*_RECOVERED, m.INFLUENCED, m.INFLUENCED_REVENUE)
    return await _read(unit, request, measures, events=(RecoveryEmailSent, RecoveryLinkClicked))


async def upsell(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """Recommendations shown, taken and dismissed."""
    return await _read(unit, request, (), events=(UpsellShown, UpsellAdded, UpsellDismissed))


async def promotions(unit: TenantUnit, request: ReportRequest) -> ReportData:
    """What promotions took off the carts that converted."""
    return await _read(unit, request, (m.DISCOUNTS,), promotions=_TOP_PROMOTIONS)


async def _read(
    unit: TenantUnit,
    request: ReportRequest,
    measures: Sequence[Measure],
    *,
    events: Sequence[type[Event]] = (),
    products: int = 0,
    promotions: int = 0,
) -> ReportData:
    """Read what a report needs, all of it in the scope that the request comes to, or nothing if switched off."""
    scope = await _scope(unit, request)
    if not request.enabled:
        return ReportData(scope, False, Series(0, {}), Series(0, {}), TopProducts(), ())
    return ReportData(
        scope,
        True,
        await repository.series(unit, scope, measures) if measures else Series(0, {}),
        await repository.event_series(unit, scope, events) if events else Series(0, {}),
        await repository.top_products(unit, scope, products) if products else TopProducts(),
        await repository.top_promotions(unit, scope, promotions) if promotions else (),
    )


async def _scope(unit: TenantUnit, request: ReportRequest) -> Scope:
    """Fill in what the request leaves open from the company's sites and carts.

    Raises PeriodInvalid422 naming the parameter, and SiteNotFound404 for a site that is not the company's.
    """
    sites = await replicas.sites(unit)
    site = next((site for site in sites if site.id == request.site_id), None)
    if request.site_id and not site and not await repository.has_site(unit, request.site_id):
        raise SiteNotFound404
    zone = zone_of(request.timezone) if request.timezone else _zone_of_shop([site] if site else sites)
    period = period_of(request.first, request.last, request.interval, zone, unit.now)
    created = await repository.carts_by_currency(unit, request.site_id, period)
    currency = request.currency or default_currency(
        site.currency if site else None, created, sites[0].currency if sites else None
    )
    return Scope(request.site_id, currency, tuple(sorted(created)), period)


def _zone_of_shop(sites: Sequence[Site]) -> ZoneInfo:
    """The time zone of the first site that has one; UTC while there is none."""
    return ZoneInfo(next((site.timezone for site in sites if is_zone(site.timezone)), "UTC"))
