"""HTTP bodies of campaigns."""

from datetime import datetime, time, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from servicekit.http.bodies import Body, View, unchanged
from servicekit.http.free_text import FREE_TEXT

from recovery.campaigns.domain import DEFAULT_DAILY_CAP, Campaign, CampaignPatch, QuietHours, Step

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=FREE_TEXT)]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]
MAX_STEPS = 10
MAX_DELAY_SECONDS = 30 * 24 * 3600


class Words(Body):
    """The company's own words for one step in one language; `{shop}` is replaced by the company's name."""

    subject: Line | None = None
    preheader: Line | None = None
    intro: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


class StepBody(Body):
    """One mail: `delaySeconds` after the abandonment."""

    delay_seconds: Annotated[int, Field(ge=0, le=MAX_DELAY_SECONDS)]
    texts: Annotated[dict[LanguageCode, Words], Field(max_length=50)] = {}


class QuietBody(Body):
    """No mail from `start` until before `end`, in the time zone of the cart's site."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _some_time_is_left(self) -> Self:
        if self.start == self.end:
            raise ValueError("start and end must differ")
        return self


Steps = Annotated[list[StepBody], Field(min_length=1, max_length=MAX_STEPS)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Cap = Annotated[int, Field(ge=1, le=1000)]


def _in_order(steps: list[StepBody] | None) -> None:
    delays = [step.delay_seconds for step in steps or ()]
    if delays != sorted(delays):
        raise ValueError("the delays of the steps must not decrease")


class NewCampaign(Body):
    """POST /api/admin/recovery/campaigns."""

    name: Name
    active: bool = True
    daily_cap_per_recipient: Cap | None = DEFAULT_DAILY_CAP
    quiet_hours: QuietBody | None = None
    steps: Steps

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self.steps)
        return self


_FIELDS = {"quiet_hours": "quiet"}
"""Fields of a body that the domain calls otherwise."""


class CampaignChange(Body):
    """PATCH /api/admin/recovery/campaigns/{id}: what is absent stays; null lifts the cap or the quiet hours."""

    name: Name = unchanged("")
    active: bool = True
    daily_cap_per_recipient: Cap | None = None
    quiet_hours: QuietBody | None = None
    steps: Steps = unchanged([])

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self.steps)
        return self

    def to_patch(self) -> CampaignPatch:
        """The change of the fields that the body names."""
        return CampaignPatch(
            fields=frozenset(_FIELDS.get(name, name) for name in self.model_fields_set),
            name=self.name,
            active=self.active,
            daily_cap_per_recipient=self.daily_cap_per_recipient,
            quiet=quiet_of(self.quiet_hours),
            steps=steps_of(self.steps),
        )


class StepView(View):
    """A step as it is kept; `step` counts from 1."""

    step: int
    delay_seconds: int
    texts: dict[str, dict[str, str]]


class QuietView(View):
    """Quiet hours as they are kept."""

    start: str
    end: str


class CampaignView(View):
    """A campaign."""

    id: UUID
    name: str
    active: bool
    daily_cap_per_recipient: int | None
    quiet_hours: QuietView | None
    steps: list[StepView]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, campaign: Campaign) -> Self:
        """The view of a campaign."""
        quiet = campaign.quiet
        return cls(
            id=campaign.id,
            name=campaign.name,
            active=campaign.active,
            daily_cap_per_recipient=campaign.daily_cap_per_recipient,
            quiet_hours=QuietView(start=f"{quiet.start:%H:%M}", end=f"{quiet.end:%H:%M}") if quiet else None,
            steps=[_step_view(step) for step in campaign.steps],
            created_at=campaign.created_at,
            updated_at=campaign.updated_at,
        )


class CampaignList(View):
    """Every campaign of the company; `enabled` is false while recovery is switched off."""

    items: list[CampaignView]
    next_cursor: str | None = None
    enabled: bool = True


def steps_of(bodies: list[StepBody]) -> tuple[Step, ...]:
    """The steps as the domain has them, numbered from 1."""
    return tuple(
        Step(
            position,
            timedelta(seconds=body.delay_seconds),
            {code: words.model_dump(exclude_none=True) for code, words in body.texts.items()},
        )
        for position, body in enumerate(bodies, start=1)
    )


def quiet_of(body: QuietBody | None) -> QuietHours | None:
    """The quiet hours as the domain has them."""
    return QuietHours(time.fromisoformat(body.start), time.fromisoformat(body.end)) if body else None


def _step_view(step: Step) -> StepView:
    texts = {code: dict(words) for code, words in step.texts.items()}
    return StepView(step=step.position, delay_seconds=int(step.delay.total_seconds()), texts=texts)
