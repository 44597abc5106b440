"""Days as the file counts them beside days as analytics does."""

from collections.abc import Mapping, Sequence
from datetime import date

from simulator.reconciliation.analytics import Reports
from simulator.reconciliation.figures import Figure, compare
from simulator.replay.tally import Day

_MEASURES = ("carts", "units", "revenue")
"""What is compared of a day."""


async def daily_figures(days: Mapping[date, Day], reports: Reports) -> Sequence[Figure]:
    """Carts, units and revenue (pence) of each day, and the sums over all: from the file, and from analytics."""
    counted = {
        day: {"carts": entry.converted, "units": entry.units, "revenue": entry.revenue}
        for day, entry in (await reports.daily()).items()
    }
    return figures_of(days, counted)


def figures_of(days: Mapping[date, Day], counted: Mapping[date, Mapping[str, int]]) -> Sequence[Figure]:
    """Pair the days; a day that only one side has is compared with 0."""
    expected = {day: {"carts": sums.carts, "units": sums.units, "revenue": sums.pence} for day, sums in days.items()}
    return compare(_named(expected), _named(counted))


def _named(days: Mapping[date, Mapping[str, int]]) -> dict[str, int]:
    totals = {f"all days: {name}": sum(sums.get(name, 0) for sums in days.values()) for name in _MEASURES}
    daily = {f"{day}: {name}": sums[name] for day, sums in sorted(days.items()) for name in _MEASURES if sums.get(name)}
    return totals | daily
