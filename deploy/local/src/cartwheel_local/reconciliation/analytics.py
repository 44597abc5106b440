"""Reading analytics' reports as a merchant's dashboard does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cartwheel_local.seed.owner import ShopOwner

ROOT = "/api/analytics/ecommerce"
MOST_DAYS = 366
"""Days asked for at once; a report takes at most 400."""


@dataclass(frozen=True, slots=True)
class Reports:
    """One company's reports in one currency, from `first` to `last`, both days of UTC and included."""

    owner: ShopOwner
    currency: str
    first: date
    last: date

    async def read(self, name: str) -> Mapping[str, Any]:
        """The report of this name over the whole period; raises LocalStackError when it is refused."""
        return await self._read(name, self.first, self.last)

    async def daily(self) -> Mapping[date, Mapping[str, int]]:
        """The overview of each day on which anything was counted."""
        days: dict[date, Mapping[str, int]] = {}
        first = self.first
        while first <= self.last:
            last = min(self.last, first + timedelta(days=MOST_DAYS - 1))
            overview = await self._read("overview", first, last)
            days |= {date.fromisoformat(entry["start"][:10]): _counts(entry) for entry in overview["series"]}
            first = last + timedelta(days=1)
        return {day: counts for day, counts in days.items() if any(counts.values())}

    async def _read(self, name: str, first: date, last: date) -> Mapping[str, Any]:
        asked = {"from": first.isoformat(), "to": last.isoformat(), "timezone": "UTC", "currency": self.currency}
        return await self.owner.get(f"{ROOT}/{name}", **asked)


def _counts(entry: Mapping[str, Any]) -> Mapping[str, int]:
    return {name: value for name, value in entry.items() if isinstance(value, int)}
