"""The same figures as analytics tells them, read from its reports like a merchant's dashboard."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from cartwheel_local.demo.ledger import Ledger
from cartwheel_local.demo.sums import Numbers, sums_of
from cartwheel_local.reconciliation.analytics import Reports
from cartwheel_local.reconciliation.figures import Figure, compare
from cartwheel_local.seed.owner import ShopOwner

_DAY = timedelta(days=1)


async def reconcile(ledger: Ledger, owner: ShopOwner, currencies: Iterable[str]) -> tuple[Figure, ...]:
    """Compare every figure of the ledger with analytics', once."""
    return compare(sums_of(ledger), await counted(ledger, owner, currencies))


async def counted(ledger: Ledger, owner: ShopOwner, currencies: Iterable[str]) -> Numbers:
    """Analytics' figures under the ledger's names; a day more on either side, so that nothing hides behind midnight."""
    numbers: Numbers = {}
    reports = Reports(owner, "", ledger.first_day - _DAY, ledger.first_day + _DAY)
    for currency in sorted(currencies):
        figures = await _of_currency(replace(reports, currency=currency))
        numbers |= {f"{currency} {name}": value for name, value in figures.items()}
        reports = replace(reports, currency=currency)
    recovery, upsell = await reports.read("recovery"), await reports.read("upsell")
    return numbers | {
        "mails sent": recovery["mailsSent"],
        "mails clicked": recovery["clicks"],
        "upsells taken": upsell["added"],
        "upsells dismissed": upsell["dismissed"],
    }


async def _of_currency(reports: Reports) -> Numbers:
    overview, carts, funnel = await reports.read("overview"), await reports.read("cart"), await reports.read("funnel")
    recovery, promotions = await reports.read("recovery"), await reports.read("promotions")
    states, steps = overview["carts"], {step["step"]: step["carts"] for step in funnel["steps"]}
    return {
        **{name: states[name] for name in ("created", "active", "abandoned", "converted", "merged", "expired")},
        "abandonment rate": overview["abandonmentRate"],
        "conversion rate": overview["conversionRate"],
        "revenue": overview["revenue"],
        "units": overview["units"],
        "discounts": promotions["discounts"],
        "codes used": sum(promotion["uses"] for promotion in promotions["items"]),
        "average value": overview["averageCartValue"],
        "average items": carts["averageItems"],
        "item added": steps["item_added"],
        "viewed": steps["viewed"],
        "checkout started": steps["checkout_started"],
        "recovered": states["recovered"],
        "recovered revenue": overview["recoveredRevenue"],
        "influenced": recovery["influenced"],
        "influenced revenue": recovery["influencedRevenue"],
    }
