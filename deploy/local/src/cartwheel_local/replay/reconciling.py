"""Days as the file counts them beside days as analytics does."""

from collections.abc import Mapping, Sequence
from datetime import date

from cartwheel_local.reconciliation.analytics import Reports
from cartwheel_local.reconciliation.figures import Figure, compare
from cartwheel_local.replay.tally import Day

_MEASURES = {"carts": "converted", "units": "units", "revenue": "revenue"}
"""The measures of a day, and their names in analytics' overview."""


async def daily_figures(days: Mapping[date, Day], reports: Reports) -> Sequence[Figure]:
    """Carts, units and revenue (pence) of each day, and the sums over all: from the file, and from analytics."""
    counted = await reports.daily()
    per_day = {
        day: {name: counts.get(field, 0) for name, field in _MEASURES.items()} for day, counts in counted.items()
    }
    return figures_of(days, per_day)


def figures_of(days: Mapping[date, Day], counted: Mapping[date, Mapping[str, int]]) -> Sequence[Figure]:
    """Pair the days; a day that only one side has is compared with 0."""
    expected = {day: {"carts": sums.carts, "units": sums.units, "revenue": sums.pence} for day, sums in days.items()}
    return compare(_named(expected), _named(counted))


def _named(days: Mapping[date, Mapping[str, int]]) -> dict[str, int]:
    totals = {f"all days: {name}": sum(sums.get(name, 0) for sums in days.values()) for name in _MEASURES}
    daily = {f"{day}: {name}": sums[name] for day, sums in sorted(days.items()) for name in _MEASURES if sums.get(name)}
    return totals | daily
