"""Hours, days and weeks of a merchant's time zone, also when its clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from analytics.errors import PeriodInvalid422
from analytics.reports.domain.periods import Interval, Period, period_of, zone_of
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 20, 10, 7, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Africa/Casablanca")
EARLIEST, LATEST = datetime(2015, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001  # times on the wall of any zone


def test_days_are_the_merchants_days() -> None:
    """A day of Berlin begins at 23:00 UTC in winter, and `to` as a date is included."""
    period = _days("2026-01-01", "2026-01-02")

    assert period.starts == (_utc(2025, 12, 31, 23), _utc(2026, 1, 1, 23))
    assert period.end == _utc(2026, 1, 2, 23)


def test_the_day_on_which_clocks_go_forward_has_23_hours() -> None:
    """29 March 2026 in Berlin: the next day begins an hour early in UTC."""
    period = _days("2026-03-29", "2026-03-30")

    first, second = period.starts
    assert second - first == timedelta(hours=23)


def test_the_day_on_which_clocks_go_back_has_25_entries_by_hour() -> None:
    """25 October 2026 in Berlin: the hour that comes twice is two entries, not one of double length."""
    period = period_of("2026-10-25", "2026-10-25", Interval.HOUR, BERLIN, NOW)

    assert len(period.starts) == 25
    assert {after - before for before, after in pairwise(period.starts)} == {timedelta(hours=1)}


def test_a_day_whose_midnight_does_not_exist_begins_when_clocks_have_gone_forward() -> None:
    """Clocks in Beirut skip the hour from 00:00 to 01:00 on 29 March 2026."""
    period = period_of("2026-03-28", "2026-03-29", Interval.DAY, ZoneInfo("Asia/Beirut"), NOW)

    assert period.starts[1] == _utc(2026, 3, 28, 22)
    assert period.end - period.starts[1] == timedelta(hours=23)


def test_hours_of_a_zone_that_is_not_whole_hours_from_utc() -> None:
    """An hour of Kathmandu (UTC+5:45) begins at a quarter past one of UTC."""
    period = period_of("2026-06-01", "2026-06-01", Interval.HOUR, ZoneInfo("Asia/Kathmandu"), NOW)

    assert period.starts[0] == _utc(2026, 5, 31, 18, 15)
    assert len(period.starts) == 24


def test_weeks_begin_on_monday_and_the_first_may_be_short() -> None:
    """From a Wednesday on, the first entry ends with its week."""
    period = period_of("2026-07-01", "2026-07-14", Interval.WEEK, ZoneInfo("UTC"), NOW)

    assert [start.day for start in period.starts] == [1, 6, 13]


def test_times_are_widened_to_buckets() -> None:
    """What is asked for is in the answer whole, and the answer says what it is about."""
    period = _days("2026-07-01T08:20:00+02:00", "2026-07-01T06:31:00Z")

    assert (period.start, period.end) == (_utc(2026, 7, 1, 6, 15), _utc(2026, 7, 1, 6, 45))


def test_a_time_without_a_zone_is_of_the_merchants() -> None:
    """08:00 is what the merchant's clock shows."""
    assert _days("2026-07-01T08:00", "2026-07-02").start == _utc(2026, 7, 1, 6)


@pytest.mark.parametrize(("interval", "days"), [(Interval.DAY, 30), (Interval.WEEK, 30), (Interval.HOUR, 1)])
def test_what_is_left_out_is_the_time_until_today(interval: Interval, days: int) -> None:
    """Without from and to: thirty days with today as the last, or today by hour."""
    period = period_of(None, None, interval, ZoneInfo("UTC"), NOW)

    assert period.end == _utc(2026, 11, 21)
    assert period.end - period.start == timedelta(days=days)


@pytest.mark.parametrize(
    ("first", "last", "interval", "field"),
    [
        ("2026-02-30", None, Interval.DAY, "from"),
        ("yesterday", None, Interval.DAY, "from"),
        ("0001-01-01", None, Interval.DAY, "from"),
        (None, "9999-12-31", Interval.DAY, "to"),
        ("2026-05-02", "2026-05-01", Interval.DAY, "to"),
        ("2026-05-01T10:00Z", "2026-05-01T10:00Z", Interval.DAY, "to"),
        ("2025-01-01", "2026-02-05", Interval.DAY, "from"),
        ("2025-01-01", "2026-02-05", Interval.WEEK, "from"),
        ("2026-05-01", "2026-06-01", Interval.HOUR, "from"),
    ],
)
def test_a_period_that_makes_no_sense_is_named(
    first: str | None, last: str | None, interval: Interval, field: str
) -> None:
    """The answer names the parameter that is wrong (bad input)."""
    with pytest.raises(PeriodInvalid422) as refused:
        period_of(first, last, interval, ZoneInfo("UTC"), NOW)

    assert _fields(refused.value) == [field]


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "europe/berlin ", "Europe"])
def test_an_unknown_time_zone_is_named(name: str) -> None:
    """Only names of the IANA database are zones, and none is looked for on the disk."""
    with pytest.raises(PeriodInvalid422) as refused:
        zone_of(name)

    assert _fields(refused.value) == ["timezone"]


def test_the_longest_periods_are_allowed() -> None:
    """400 days by day and 31 by hour, over a change of clocks as well."""
    assert len(_days("2025-03-01", "2026-04-04").starts) == 400
    assert len(period_of("2026-10-01", "2026-10-31", Interval.HOUR, BERLIN, NOW).starts) == 31 * 24 + 1


@given(st.sampled_from(ZONES), st.sampled_from(Interval), st.datetimes(EARLIEST, LATEST), st.integers(1, 30))
def test_entries_cover_the_period_without_gaps(name: str, interval: Interval, first: datetime, days: int) -> None:
    """Every bucket belongs to exactly one entry, and each entry but the first begins on a full hour of the zone."""
    zone = ZoneInfo(name)
    last = first + timedelta(days=days)

    period = period_of(first.isoformat(), last.isoformat(), interval, zone, NOW)

    assert period.starts[0] == period.start < period.end
    assert all(before < after for before, after in pairwise((*period.starts, period.end)))
    assert all(start.astimezone(zone).minute in (0, 30) for start in period.starts[1:])
    assert all(start.minute % 15 == start.second == start.microsecond == 0 for start in period.starts)


def _days(first: str, last: str) -> Period:
    return period_of(first, last, Interval.DAY, BERLIN, NOW)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # the parts of a time, in their order


def _fields(error: PeriodInvalid422) -> list[Any]:
    errors: Any = error.extra["errors"]
    return [fault["field"] for fault in errors]
