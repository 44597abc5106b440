"""Generated from services/recovery/openapi.json by `make client`; not written by hand."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class FullLine(Model):
    """A line as a shopper saw it: what a mail or an order needs."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    line_id: UUID
    product_id: UUID
    variant_id: UUID
    quantity: int
    unit_price: int
    line_discount: int
    line_total: int
    source: str | None = None
    bundle_group_id: UUID | None = None
    sku: str
    title: str
    image_url: str | None = None
    options: dict[str, str] = {}


class LinkedCart(Model):
    """What waits behind a link, as it was abandoned; amounts in minor units of `currency`."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_count: int
    total: int
    currency: str
    items: list[FullLine]


class MailView(Model):
    """
    One mail.

    `status`: CLAIMED (under way), SENT, FAILED (refused, or could not be written), UNKNOWN (no answer came; not sent
    again).
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    step: int
    status: str
    claimed_at: AwareDatetime
    sent_at: AwareDatetime | None
    clicked_at: AwareDatetime | None


class NewSuppression(Model):
    """POST /api/admin/recovery/suppressions: the address is hashed at once and not kept."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    email: str


class PreviewView(Model):
    """A mail as it would be sent."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    subject: str
    html: str
    text: str


class QuietBody(Model):
    """No mail from `start` until before `end`, in the time zone of the cart's site."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: str
    end: str


class QuietView(Model):
    """Quiet hours as they are kept."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: str
    end: str


class RestoreChange(Model):
    """
    What is different about a line from when the cart was abandoned: `from` it was, `to` it is now.

    A price in minor units; the quantity that is left, less than in the line; or none left, or sold no more.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    item_id: UUID
    kind: Literal["price", "quantity", "unavailable"] | str
    from_: Annotated[int | None, Field(alias="from")] = None
    to: int | None = None


class RestoredView(Model):
    """
    The restored cart, a session token of this visitor's own (null for a customer's cart), and what has changed.

    A change's `kind` is price, quantity, removed or unavailable; `from` and `to` are minor units or counts.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    cart: dict[str, Any]
    session_token: str | None = None
    changes: list[RestoreChange]


class StepView(Model):
    """A step as it is kept; `step` counts from 1."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    step: int
    delay_seconds: int
    texts: dict[str, dict[str, str]]


class SuppressionView(Model):
    """A recipient who gets no recovery mail. `reason`: unsubscribed, bounced, complained or staff."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    reason: str
    created_at: AwareDatetime


class UnsubscribedView(Model):
    """The answer to RFC 8058's one-click POST."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    unsubscribed: bool


class Words(Model):
    """The company's own words for one step in one language; `{shop}` is replaced by the company's name."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    subject: str | None = None
    preheader: str | None = None
    intro: str | None = None


class AbandonedView(Model):
    """
    An abandoned cart with its mails; amounts in minor units of `currency`.

    `mailable` says that there is a recipient who agreed and has not unsubscribed; `nextDueAt` is null when nothing is
    due. `stopReason` says why no more mail goes out. `attribution`: recovered or influenced, when an order came of it.
    """

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    cart_id: UUID
    site_id: UUID
    abandonment_id: UUID
    status: str
    stop_reason: str | None
    abandoned_at: AwareDatetime
    last_activity_at: AwareDatetime
    currency: str
    total: int
    item_count: int
    items: list[FullLine]
    mailable: bool
    next_step: int | None
    next_due_at: AwareDatetime | None
    restored_at: AwareDatetime | None
    attribution: str | None
    mails: list[MailView]


class CampaignView(Model):
    """A campaign."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    name: str
    active: bool
    daily_cap_per_recipient: int | None
    quiet_hours: QuietView | None
    steps: list[StepView]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class LinkView(Model):
    """A link that works, and until when."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    valid: bool
    expires_at: AwareDatetime | None
    cart: LinkedCart


class StepBody(Model):
    """One mail: `delaySeconds` after the abandonment."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    delay_seconds: int
    texts: Annotated[dict[str, Words], Field(validate_default=True)] = {}


class SuppressionPage(Model):
    """One page of suppressions, newest first; `enabled` is false while recovery is switched off."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[SuppressionView]
    next_cursor: str | None = None
    enabled: bool = True


class AbandonedPage(Model):
    """One page of abandoned carts; `enabled` is false, and the list empty, while recovery is switched off."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[AbandonedView]
    next_cursor: str | None = None
    enabled: bool = True


class CampaignChange(Model):
    """PATCH /api/admin/recovery/campaigns/{id}: what is absent stays; null lifts the cap or the quiet hours."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str | None = None
    active: bool = True
    daily_cap_per_recipient: int | None = None
    quiet_hours: QuietBody | None = None
    steps: list[StepBody] | None = None


class CampaignList(Model):
    """Every campaign of the company; `enabled` is false while recovery is switched off."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[CampaignView]
    next_cursor: str | None = None
    enabled: bool = True


class NewCampaign(Model):
    """POST /api/admin/recovery/campaigns."""

    model_config = ConfigDict(
        extra="forbid",
        validate_by_name=True,
        alias_generator=to_camel,
    )
    name: str
    active: bool = True
    daily_cap_per_recipient: int | None = 1
    quiet_hours: QuietBody | None = None
    steps: list[StepBody]
