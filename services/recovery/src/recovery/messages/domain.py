"""Whether a due step may be sent at this moment, and the outcomes at the provider (rules.md 28)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from recovery.campaigns.domain import CAP_WINDOW, Campaign
from recovery.recoveries.domain import StopReason

OUTCOME_DEADLINE = timedelta(minutes=5)
"""How long after its reservation a mail may be without an outcome; then its worker has died, and it is UNKNOWN."""
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step whose time has come, leased to this worker for a while. `postponed` counts the tries before this one."""

    company_id: UUID
    recovery_id: UUID
    cart_id: UUID
    abandonment_id: UUID
    step: int
    postponed: int
    abandoned_at: datetime
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a recipient has got from the company lately.

    `suppressed` is the reason why they get nothing any more, None when they may. `capped_by` is when the mail was
    reserved that fills the cap of the last day, None while there is room.
    """

    suppressed: StopReason | None
    capped_by: datetime | None


class DeliveryOutcome(Enum):
    """What became of a mail at the provider."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The provider refused this mail for good."""
    NOT_TAKEN = "not_taken"
    """It certainly was not taken, and may be later: throttled, or the provider could not be reached."""
    UNKNOWN = "unknown"
    """It may have been taken: no answer came. Never sent again (rules.md 28)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail's delivery to the provider.

    `detail` is the provider's id of the mail, or the name of its error; never a text, which may quote an address.
    """

    outcome: DeliveryOutcome
    detail: str


def wait_until(now: datetime, standing: Standing, campaign: Campaign, timezone: str) -> datetime | None:
    """Until when a mail must wait for the cap or the quiet hours; None when it may go now."""
    if standing.capped_by is not None:
        return standing.capped_by + CAP_WINDOW
    return campaign.quiet.over_at(now, timezone) if campaign.quiet else None


def backoff(postponed: int) -> timedelta:
    """How long to wait after so many tries failed because another service was away: 5 s, doubling up to 10 minutes."""
    return min(_FIRST_WAIT * (1 << min(postponed, 10)), _LONGEST_WAIT)
