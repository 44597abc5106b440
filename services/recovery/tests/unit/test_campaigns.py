"""When steps are due, and quiet hours."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recovery.campaigns.domain import Campaign, QuietHours, Step
from recovery.messages.domain import Standing, backoff, wait_until

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def campaign(*delays: timedelta, quiet: QuietHours | None = None) -> Campaign:
    """A campaign with steps after these delays."""
    steps = tuple(Step(position, delay, {}) for position, delay in enumerate(delays, start=1))
    return Campaign(UUID(int=1), "c", True, 1, quiet, steps, NOON, NOON)


def test_steps_follow_the_abandonment() -> None:
    """A mail that went in time does not shift the next one; the last has none after it."""
    three = campaign(HOUR, 24 * HOUR, 72 * HOUR)

    assert three.due_after(three.steps[0], NOON, NOON + HOUR) == (2, NOON + 24 * HOUR)
    assert three.due_after(three.steps[2], NOON, NOON + 72 * HOUR) is None


@given(late=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_the_distance_between_mails_never_shrinks(late: timedelta) -> None:
    """However late a mail went, the next one keeps the campaign's distance."""
    two = campaign(HOUR, 24 * HOUR)
    sent_at = NOON + HOUR + late

    following = two.due_after(two.steps[0], NOON, sent_at)

    assert following is not None
    assert following[1] - sent_at >= 23 * HOUR or following[1] == NOON + 24 * HOUR


@pytest.mark.parametrize(
    ("start", "end", "now", "over_at"),
    [
        ("22:00", "08:00", "2026-01-05T21:30:00Z", "2026-01-06T07:00:00Z"),
        ("22:00", "08:00", "2026-01-05T06:59:00Z", "2026-01-05T07:00:00Z"),
        ("22:00", "08:00", "2026-01-05T07:00:00Z", None),
        ("12:00", "14:00", "2026-01-05T11:00:00Z", "2026-01-05T13:00:00Z"),
        ("12:00", "14:00", "2026-01-05T13:00:00Z", None),
        ("22:00", "08:00", "2026-03-29T00:30:00Z", "2026-03-29T06:00:00Z"),
    ],
    ids=["evening", "morning", "over", "noon", "afternoon", "night of the clock change"],
)
def test_quiet_hours_are_local(start: str, end: str, now: str, over_at: str | None) -> None:
    """Berlin is an hour ahead of UTC in winter, two in summer."""
    quiet = QuietHours(time.fromisoformat(start), time.fromisoformat(end))

    found = quiet.over_at(datetime.fromisoformat(now), "Europe/Berlin")

    assert found == (datetime.fromisoformat(over_at) if over_at else None)


@given(
    start=st.times().map(lambda t: t.replace(microsecond=0)),
    end=st.times().map(lambda t: t.replace(microsecond=0)),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis adds the zone
    zone=st.sampled_from(["UTC", "Asia/Kolkata", "Nowhere/Atlantis"]),
)
def test_quiet_hours_end_within_a_day_outside_of_them(start: time, end: time, now: datetime, zone: str) -> None:
    """What waits for the end of quiet hours may go then."""
    if start == end:
        return
    quiet = QuietHours(start, end)

    over_at = quiet.over_at(now, zone)

    if over_at is not None:
        assert now < over_at <= now + timedelta(days=1)
        assert quiet.over_at(over_at, zone) is None


def test_the_cap_is_looked_at_before_quiet_hours() -> None:
    """A full cap frees a day after the mail that fills it."""
    night = campaign(HOUR, quiet=QuietHours(time(11), time(13)))

    assert wait_until(NOON, Standing(None, NOON - HOUR), night, "UTC") == NOON + 23 * HOUR
    assert wait_until(NOON, Standing(None, None), night, "UTC") == NOON + HOUR
    assert wait_until(NOON, Standing(None, None), campaign(HOUR), "UTC") is None


def test_waiting_grows_to_ten_minutes() -> None:
    """5 s, 10 s, … and never more than ten minutes."""
    waits = [backoff(tries).total_seconds() for tries in range(12)]

    assert waits[:3] == [5, 10, 20]
    assert waits[-1] == 600
