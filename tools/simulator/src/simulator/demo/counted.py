"""The figures of the ledger as analytics has them, read from its reports like a merchant's dashboard."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from cartwheel_client.staff.analytics import Analytics

from simulator.demo.ledger import Ledger
from simulator.demo.sums import Numbers, sums_of
from simulator.reconciliation.analytics import Reports
from simulator.reconciliation.figures import Figure, compare

_DAY = timedelta(days=1)


async def reconcile(ledger: Ledger, analytics: Analytics, currencies: Iterable[str]) -> tuple[Figure, ...]:
    """Compare every figure of the ledger with analytics', once."""
    return compare(sums_of(ledger), await counted(ledger, analytics, currencies))


async def counted(ledger: Ledger, analytics: Analytics, currencies: Iterable[str]) -> Numbers:
    """Analytics' figures under the ledger's names; a day more on either side, so that nothing hides behind midnight."""
    numbers: Numbers = {}
    reports = Reports(analytics, "", ledger.first_day - _DAY, ledger.first_day + _DAY)
    for currency in sorted(currencies):
        reports = replace(reports, currency=currency)
        numbers |= {f"{currency} {name}": value for name, value in (await _of_currency(reports)).items()}
    recovery, upsell = await reports.recovery(), await reports.upsell()
    return numbers | {
        "mails sent": recovery.mails_sent,
        "mails clicked": recovery.clicks,
        "upsells taken": upsell.added,
        "upsells dismissed": upsell.dismissed,
    }


async def _of_currency(reports: Reports) -> Numbers:
    overview, carts, funnel = await reports.overview(), await reports.carts(), await reports.funnel()
    recovery, promotions = await reports.recovery(), await reports.promotions()
    states, steps = overview.carts, {step.step: step.carts for step in funnel.steps}
    return {
        "created": states.created,
        "active": states.active,
        "abandoned": states.abandoned,
        "converted": states.converted,
        "merged": states.merged,
        "expired": states.expired,
        "abandonment rate": overview.abandonment_rate,
        "conversion rate": overview.conversion_rate,
        "revenue": overview.revenue,
        "units": overview.units,
        "discounts": promotions.discounts,
        "codes used": sum(promotion.uses for promotion in promotions.items),
        "average value": overview.average_cart_value,
        "average items": carts.average_items,
        "item added": steps["item_added"],
        "viewed": steps["viewed"],
        "checkout started": steps["checkout_started"],
        "recovered": states.recovered,
        "recovered revenue": overview.recovered_revenue,
        "influenced": recovery.influenced,
        "influenced revenue": recovery.influenced_revenue,
    }
