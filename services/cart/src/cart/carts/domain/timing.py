"""What time makes of a cart: abandoned when it is idle, ACTIVE again when it is changed, expired. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cart.carts.domain.context import ChangeContext
from cart.carts.domain.records import Abandoned, Expired, LineChange, Reactivated, Updated
from cart.carts.domain.state import CartState

MIN_RECHECK = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class TimedCart(CartState):
    """A cart with what its timers do (rules.md 12, 13)."""

    def is_abandoned(self, now: datetime) -> bool:
        """Whether it is ACTIVE, has lines, is not frozen, and was idle for the site's threshold (rules.md 13)."""
        is_idle = self.last_activity_at + self.site.abandonment <= now
        return self.status == "ACTIVE" and bool(self.lines) and is_idle and self.freeze_at(now) is None

    def check_later(self, now: datetime) -> None:
        """Note when this ACTIVE cart could first be abandoned, or is worth another look (rules.md 13); no change.

        Adding to a cart with lines does not write the stored time, so one found too early is pushed on to its real
        moment. An empty cart is not looked at again: its first line sets the time.
        """
        due = max(self.last_activity_at + self.site.abandonment, now + MIN_RECHECK)
        if (freeze := self.freeze_at(now)) is not None:
            due = max(due, freeze.until)
        self.check_at = due if self.lines else None

    def abandon(self, context: ChangeContext) -> None:
        """Begin an idle period's abandonment; nothing else about the cart changes."""
        before, self.status = self.status, "ABANDONED"
        self.abandonment_id, self.abandoned_at = context.new_id(), context.now
        self.record(Abandoned(self.abandonment_id), context)
        self.note_status("ABANDONED", "system", before)

    def reactivate(self, context: ChangeContext) -> None:
        """End the abandonment of an ABANDONED cart; any other cart stays as it is."""
        if self.abandonment_id is None:
            return
        ended, self.abandonment_id = self.abandonment_id, None
        before, self.status = self.status, "ACTIVE"
        self.check_at = context.now + self.site.abandonment if self.lines else None
        self.record(Reactivated(ended), context)
        self.note_status("REACTIVATED", "shopper", before)

    def check_expiry_later(self) -> None:
        """Note when this cart could expire at the earliest; no change of the cart."""
        self.expiry_check_at = self.expires_at

    def expire(self, context: ChangeContext) -> None:
        """End a cart that was idle for the site's cartExpirationDays."""
        before, self.status = self.status, "EXPIRED"
        self.record(Expired(), context)
        self.note_status("EXPIRED", "system", before)

    def record_lines(self, changes: Sequence[LineChange], noted_as: str, context: ChangeContext) -> Updated:
        """Record what was done to several lines as one change, with one event and one entry of the timeline."""
        return self._update(Updated.of_lines(changes, noted_as), context)

    def _update(self, done: Updated, context: ChangeContext) -> Updated:
        """Record a change of the content; a shopper's counts as activity and ends an abandonment (rules.md 12, 13)."""
        if context.actor == "shopper":
            self.last_activity_at = context.now
            self.reactivate(context)
        self.record(done, context)
        self.note(done.noted_as or done.kind, context.actor, **done.described())
        return done
