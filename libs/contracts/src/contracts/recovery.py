"""Events of the recovery service. None of them carries an address (rules.md 35)."""

from typing import ClassVar, Literal
from uuid import UUID

from contracts.base import Event
from contracts.money import MinorUnits


class RecoveryEvent(Event):
    """Fields every recovery event has; the aggregate is the recovery."""

    aggregate: ClassVar[str] = "recovery"
    site_id: UUID
    cart_id: UUID
    abandonment_id: UUID


class RecoveryEmailSent(RecoveryEvent):
    """One step's mail was accepted by the provider (rules.md 28). `step` counts from 1."""

    type: ClassVar[str] = "recovery.email_sent.v1"
    step: int


class RecoveryLinkClicked(RecoveryEvent):
    """A person opened the link's page, which posted the click (rules.md 29)."""

    type: ClassVar[str] = "recovery.link_clicked.v1"
    step: int


class CartRecovered(RecoveryEvent):
    """A cart converted after a recovery (rules.md 31): `recovered` once restored, `influenced` after a click."""

    type: ClassVar[str] = "recovery.cart_recovered.v1"
    attribution: Literal["recovered", "influenced"]
    order_id: str
    currency: str
    revenue: MinorUnits


class RecipientSuppressed(Event):
    """A recipient will get no more recovery mail from this company; the aggregate is the suppression."""

    type: ClassVar[str] = "recovery.recipient_suppressed.v1"
    aggregate: ClassVar[str] = "suppression"
    reason: Literal["unsubscribed", "bounced", "complained", "staff"]
