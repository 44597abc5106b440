"""Generated from services/analytics/openapi.json by `make client`; not written by hand."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from cartwheel_client.model import Model


class CartCounts(Model):
    """Carts by what happened in the period; `active` are those made in it that are neither left nor final now."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    created: int
    active: int
    abandoned: int
    """By their first abandonment, also when they came back later."""
    converted: int
    recovered: int
    expired: int
    merged: int


class CartEntry(Model):
    """One hour, day or week."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: AwareDatetime
    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: int


class ChangeView(Model):
    """A field as it was and as it is; null where it was not there."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    before: Any | None = None
    after: Any | None = None


class EntryView(Model):
    """What somebody of the staff did: who, to what, which fields differ, and under which request."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    at: AwareDatetime
    service: str
    actor: str
    roles: list[str]
    action: str
    subject_type: str
    subject_id: str
    changes: dict[str, ChangeView]
    request_id: str


class FunnelEntry(Model):
    """One hour, day or week in which carts were made."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: AwareDatetime
    created: int
    item_added: int
    viewed: int
    checkout_started: int
    converted: int


class LoggedEvent(Model):
    """An event as it was kept: what happened, when, and when this service came to know of it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    id: UUID
    type: str
    aggregate_id: UUID
    version: int
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    data: dict[str, Any]


class OverviewEntry(Model):
    """One hour, day or week."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: AwareDatetime
    created: int
    abandoned: int
    converted: int
    recovered: int
    revenue: int
    units: int
    recovered_revenue: int


class EntryViewPage(Model):
    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    items: list[EntryView]
    next_cursor: str | None = None


class Product(Model):
    """What happened to a product in the period; no `title` while the catalogue has not published it."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    product_id: UUID
    title: str | None
    carts_added: int
    carts_abandoned: int
    carts_converted: int
    units_added: int
    units_converted: int
    revenue: int


class Promotion(Model):
    """What one promotion took off converted carts."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    promotion_id: UUID
    name: str
    uses: int
    amount: int


class PromotionReport(Model):
    """The promotions that took most off the carts converted in the period."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    discounts: int
    """All discounts of converted carts."""
    items: list[Promotion]


class RecoveryEntry(Model):
    """One hour, day or week."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: AwareDatetime
    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: int


class RecoveryReport(Model):
    """What recovery did (rules.md 31). Mails and clicks are counted whatever the currency of their cart."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    mails_sent: int
    clicks: int
    recovered: int
    influenced: int
    recovered_revenue: int
    influenced_revenue: int
    series: list[RecoveryEntry]


class Step(Model):
    """One step of the funnel: carts made in the period that got this far, or further."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    step: str
    carts: int
    of_previous: float
    of_created: float


class TopProducts(Model):
    """Products by the number of carts to which they were added, in which they were left, or with which they sold."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    added: list[Product]
    abandoned: list[Product]
    converted: list[Product]


class UpsellEntry(Model):
    """One hour, day or week."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    start: AwareDatetime
    shown: int
    added: int
    dismissed: int


class UpsellReport(Model):
    """What recommendations did, counted whatever the currency. `added_rate` is of the times they were shown."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    shown: int
    added: int
    dismissed: int
    added_rate: float
    series: list[UpsellEntry]


class CartReport(Model):
    """What is in carts. Averages are over the carts made in the period that have lines."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    created: int
    converted: int
    abandoned: int
    average_items: float
    average_value: int
    top_products: TopProducts
    series: list[CartEntry]


class EventPage(Model):
    """One page of a cart's events in the order in which they happened; `enabled` false: switched off."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    items: list[LoggedEvent]
    next_cursor: str | None = None


class Funnel(Model):
    """How far the carts made in a period got."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    steps: list[Step]
    series: list[FunnelEntry]


class Overview(Model):
    """How the shop's carts do."""

    model_config = ConfigDict(
        validate_by_name=True,
        alias_generator=to_camel,
    )
    enabled: bool
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    interval: Literal["hour", "day", "week"] | str
    timezone: str
    site_id: UUID | None
    currency: str
    currencies: list[str]
    """All in which carts were made in the period."""
    carts: CartCounts
    abandonment_rate: float
    """Of carts abandoned for good or converted, those abandoned for good."""
    conversion_rate: float
    """Of carts made in the period, those converted by now."""
    average_cart_value: int
    """Mean total of carts made in the period that have lines."""
    revenue: int
    """Totals of converted carts, shipping and tax included."""
    units: int
    recovered_revenue: int
    series: list[OverviewEntry]
