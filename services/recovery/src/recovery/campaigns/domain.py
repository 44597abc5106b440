"""When the steps of a campaign are due, and when they may not be sent yet (rules.md 27, 28)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_NAME = "Abandoned cart"
DEFAULT_DELAYS = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72))
DEFAULT_DAILY_CAP = 1
CAP_WINDOW = timedelta(hours=24)
"""What a day is to the cap: any 24 hours, because a recipient's midnight is not known."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No mail from `start` until before `end`, local time; the night is written 22:00 to 08:00."""

    start: time
    end: time

    def over_at(self, now: datetime, timezone: str) -> datetime | None:
        """When the quiet hours that `now` lies in end, or None outside them. An unknown zone counts as UTC."""
        local = now.astimezone(_zone(timezone))
        clock = local.time()
        overnight = self.start > self.end
        quiet = clock >= self.start or clock < self.end if overnight else self.start <= clock < self.end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1) if overnight and clock >= self.start else local.date()
        return datetime.combine(day, self.end, local.tzinfo).astimezone(now.tzinfo)


@dataclass(frozen=True, slots=True)
class Step:
    """One mail of a campaign: `position` counts from 1, `delay` from the abandonment.

    `texts` has the company's own words by language code: `{"de": {"subject": …, "intro": …}}`, each optional.
    """

    position: int
    delay: timedelta
    texts: Mapping[str, Mapping[str, str]]

    def words(self, tag: str) -> Mapping[str, str]:
        """The company's own words for this tag, else for its language (`de-AT`, then `de`), maybe none."""
        return self.texts.get(tag) or self.texts.get(tag.split("-", maxsplit=1)[0].lower()) or {}


@dataclass(frozen=True, slots=True)
class Campaign:
    """A company's sequence of mails. `daily_cap_per_recipient` None means no cap, `quiet` None no quiet hours."""

    id: UUID
    name: str
    active: bool
    daily_cap_per_recipient: int | None
    quiet: QuietHours | None
    steps: tuple[Step, ...]
    created_at: datetime
    updated_at: datetime

    def step(self, position: int) -> Step | None:
        """The step at this position, None past the last."""
        return self.steps[position - 1] if 1 <= position <= len(self.steps) else None

    def due_after(self, sent: Step, abandoned_at: datetime, sent_at: datetime) -> tuple[int, datetime] | None:
        """Position and moment of the step after `sent`, or None when that was the last.

        A mail that went late keeps the campaign's distance to the next, so that nobody gets two at once.
        """
        following = self.step(sent.position + 1)
        if following is None:
            return None
        due = max(abandoned_at + following.delay, sent_at + following.delay - sent.delay)
        return following.position, due


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPatch:
    """New values for some fields of a campaign: those named in `fields`; the others' values mean nothing."""

    fields: frozenset[str]
    name: str = ""
    active: bool = True
    daily_cap_per_recipient: int | None = None
    quiet: QuietHours | None = None
    steps: tuple[Step, ...] = ()

    def apply(self, campaign: Campaign) -> Campaign:
        """The campaign with the new values."""
        return replace(campaign, **{name: getattr(self, name) for name in self.fields})


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
