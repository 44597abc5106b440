"""The open carts of all companies as metrics, from the counts that are kept (ADR 0039)."""

from prometheus_client import Gauge
from servicekit.jobs.job import JobContext, JobResult

from cart.staff import repository

CARTS = Gauge("carts_active", "Carts that are ACTIVE and have lines, at the last run of ActiveCartCount", ("currency",))
VALUE = Gauge(
    "carts_active_value_minor_units",
    "What they come to together, in minor units of the currency; divided by carts_active it is their average",
    ("currency",),
)


async def count_active_carts(context: JobContext) -> JobResult:
    """Measure how many carts are being filled and what they come to; a currency that has none any more is left out."""
    async with context.database.system_unit() as unit:
        found = await repository.active_by_currency(unit)
    CARTS.clear()
    VALUE.clear()
    for currency, carts, value in found:
        CARTS.labels(currency).set(carts)
        VALUE.labels(currency).set(value)
    return JobResult(0, {"active": sum(carts for _, carts, _ in found)})
