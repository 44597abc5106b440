"""Months by which the log is divided."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from analytics.months.domain import Month


@pytest.mark.parametrize(
    ("moment", "name", "start", "end"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), "events_2026_01", (2026, 1), (2026, 2)),
        (datetime(2026, 12, 1, tzinfo=UTC), "events_2026_12", (2026, 12), (2027, 1)),
        (datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "events_2026_02", (2026, 2), (2026, 3)),
    ],
)
def test_a_moment_is_in_one_month_of_utc(
    moment: datetime, name: str, start: tuple[int, int], end: tuple[int, int]
) -> None:
    """From its first moment to before the next one's, whatever the time zone of the moment."""
    month = Month.of(moment)

    assert month.partition == name
    assert Month.of_partition(name) == month
    assert (month.start, month.end) == (datetime(*start, 1, tzinfo=UTC), datetime(*end, 1, tzinfo=UTC))


def test_months_go_over_the_turn_of_years() -> None:
    """Forwards and backwards."""
    assert Month(2026, 11).after(3) == Month(2027, 2)
    assert Month(2026, 2).after(-13) == Month(2025, 1)
