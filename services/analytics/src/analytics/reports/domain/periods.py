"""Periods of a report and the hours, days or weeks in them, in the merchant's time zone.

Figures are kept by buckets of 15 minutes of UTC: every time zone in use differs from UTC by a multiple of that, so the
hours, days and weeks of any of them are sums of whole buckets, also on the days when clocks change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from analytics.errors import PeriodInvalid422

MAX_DAYS = 400
MAX_DAYS_BY_HOUR = 31

_BUCKET = timedelta(minutes=15)
_DAY = timedelta(days=1)
_USUAL_DAYS = 30
_YEARS = range(1970, 2200)


class Interval(StrEnum):
    """How long each entry of a series is; weeks begin on Monday (ISO 8601)."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to and not including `end`, both UTC and at the beginning of a bucket.

    `starts` are the beginnings of the entries of a series; the first is `start`, which may lie within its day.
    """

    start: datetime
    end: datetime
    interval: Interval
    zone: ZoneInfo
    starts: tuple[datetime, ...]


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name; raises PeriodInvalid422 for any other text."""
    if not is_zone(name):
        raise PeriodInvalid422.of("timezone", "must be a time zone of the IANA database, such as Europe/Berlin")
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    return name in _zone_names()


def period_of(first: str | None, last: str | None, interval: Interval, zone: ZoneInfo, now: datetime) -> Period:
    """Read `from` and `to`: a date of the zone, which as `to` is included, or a time, which as `to` is excluded.

    Times are widened to whole buckets. Without `to` the period ends with today. Without `from` it is one day by hour,
    else 30 days. Raises PeriodInvalid422 naming the parameter.
    """
    end = _end("to", last, zone) if last is not None else _midnight(now.astimezone(zone).date() + _DAY, zone)
    start = _start("from", first, zone) if first is not None else _usual_start(end, interval, zone)
    _check(start, end, interval, zone)
    return Period(start, end, interval, zone, (start, *_boundaries(start, end, interval, zone)))


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _start(name: str, text: str, zone: ZoneInfo) -> datetime:
    given = _read(name, text)
    moment = _in_utc(given, zone) if isinstance(given, datetime) else _midnight(given, zone)
    return _bucket_of(moment)


def _end(name: str, text: str, zone: ZoneInfo) -> datetime:
    given = _read(name, text)
    moment = _in_utc(given, zone) if isinstance(given, datetime) else _midnight(given + _DAY, zone)
    return _bucket_of(moment + _BUCKET - timedelta(microseconds=1))


def _usual_start(end: datetime, interval: Interval, zone: ZoneInfo) -> datetime:
    last_day = (end - timedelta(microseconds=1)).astimezone(zone).date()
    days = 1 if interval is Interval.HOUR else _USUAL_DAYS
    return _midnight(last_day - (days - 1) * _DAY, zone)


def _read(name: str, text: str) -> date | datetime:
    try:
        given = date.fromisoformat(text) if len(text) <= len("2026-01-31") else datetime.fromisoformat(text)
    except ValueError:
        raise PeriodInvalid422.of(name, "must be a date such as 2026-01-31 or a time of RFC 3339") from None
    if given.year not in _YEARS:
        raise PeriodInvalid422.of(name, f"must be of the years {_YEARS[0]} to {_YEARS[-1]}")
    return given


def _in_utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day; where clocks skip midnight, the moment at which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _bucket_of(moment: datetime) -> datetime:
    """The beginning of the bucket that a moment lies in."""
    return moment - timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)


def _check(start: datetime, end: datetime, interval: Interval, zone: ZoneInfo) -> None:
    if start >= end:
        raise PeriodInvalid422.of("to", "must be after from")
    most = MAX_DAYS_BY_HOUR if interval is Interval.HOUR else MAX_DAYS
    on_the_wall = end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(tzinfo=None)
    if on_the_wall > most * _DAY:
        raise PeriodInvalid422.of("from", f"must be at most {most} days before to when the interval is {interval}")


def _boundaries(start: datetime, end: datetime, interval: Interval, zone: ZoneInfo) -> Iterator[datetime]:
    """The beginnings of hours, days or weeks strictly between start and end."""
    if interval is Interval.HOUR:
        # Looked for and not computed: an hour may be skipped, repeated, or half as long where clocks change by 30 min.
        buckets = (start + step * _BUCKET for step in range(1, (end - start) // _BUCKET))
        yield from (bucket for bucket in buckets if bucket.astimezone(zone).minute == 0)
        return
    day = start.astimezone(zone).date() + _DAY
    while (midnight := _midnight(day, zone)) < end:
        if interval is Interval.DAY or day.weekday() == 0:
            yield midnight
        day += _DAY
