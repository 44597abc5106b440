"""HTTP bodies of abandoned carts; no address is ever shown."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from contracts.cart import FullLine
from contracts.money import MinorUnits
from servicekit.http.bodies import View

from recovery.abandoned_carts.repository import Entry

StatusFilter = Literal["OPEN", "FINISHED", "STOPPED"]


class MailView(View):
    """One mail.

    `status`: CLAIMED (under way), SENT, FAILED (refused, or could not be written), UNKNOWN (no answer came; not sent
    again).
    """

    step: int
    status: str
    claimed_at: datetime
    sent_at: datetime | None
    clicked_at: datetime | None


class AbandonedView(View):
    """An abandoned cart with its mails; amounts in minor units of `currency`.

    `mailable` says that there is a recipient who agreed and has not unsubscribed; `nextDueAt` is null when nothing is
    due. `stopReason` says why no more mail goes out. `attribution`: recovered or influenced, when an order came of it.
    """

    id: UUID
    cart_id: UUID
    site_id: UUID
    abandonment_id: UUID
    status: str
    stop_reason: str | None
    abandoned_at: datetime
    last_activity_at: datetime
    currency: str
    total: MinorUnits
    item_count: int
    items: list[FullLine]
    mailable: bool
    next_step: int | None
    next_due_at: datetime | None
    restored_at: datetime | None
    attribution: str | None
    mails: list[MailView]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """The view of an entry."""
        recovery = entry.recovery
        return cls(
            id=recovery.id,
            cart_id=recovery.cart_id,
            site_id=recovery.site_id,
            abandonment_id=recovery.abandonment_id,
            status=recovery.status,
            stop_reason=recovery.stop_reason,
            abandoned_at=recovery.abandoned_at,
            last_activity_at=recovery.last_activity_at,
            currency=recovery.currency,
            total=recovery.total,
            item_count=recovery.item_count,
            items=list(recovery.lines),
            mailable=entry.mailable,
            next_step=recovery.next_step,
            next_due_at=recovery.next_due_at,
            restored_at=recovery.restored_at,
            attribution=recovery.attribution,
            mails=[
                MailView(
                    step=mail.step,
                    status=mail.status,
                    claimed_at=mail.claimed_at,
                    sent_at=mail.sent_at,
                    clicked_at=mail.clicked_at,
                )
                for mail in entry.mails
            ],
        )


class AbandonedPage(View):
    """One page of abandoned carts; `enabled` is false, and the list empty, while recovery is switched off."""

    items: list[AbandonedView]
    next_cursor: str | None = None
    enabled: bool = True
