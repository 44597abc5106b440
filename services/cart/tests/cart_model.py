"""A cart and its clock in the simplest words of rules.md 8 to 16: what random histories are held against."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.base import Event
from contracts.cart import CartAbandoned, CartExpired, CartReactivated

THRESHOLD = timedelta(seconds=60)
EXPIRATION = timedelta(days=30)
FINAL = {"CONVERTED": (409, "CART_CONVERTED"), "MERGED": (409, "CART_MERGED"), "EXPIRED": (410, "CART_EXPIRED")}
NONE = (404, "CART_NOT_FOUND")
FROZEN = (409, "CART_FROZEN")


@dataclass
class Model:
    """What the guest's cart should be."""

    last_activity: datetime
    lines: dict[str, int] = field(default_factory=dict)
    saved: dict[str, int] = field(default_factory=dict)
    status: str = "ACTIVE"
    events: Counter[type[Event]] = field(default_factory=Counter)
    is_owned: bool = False
    """A customer who had no cart signed in with it: it is theirs."""
    checkout: str = ""
    frozen_at: datetime | None = None
    frozen_until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over, whoever has noticed."""
        return self.status in {"ACTIVE", "ABANDONED"} and now - self.last_activity >= EXPIRATION

    def refusal(self, now: datetime) -> tuple[int, str] | None:
        """What another service's change of it is answered with, if it is final."""
        return FINAL["EXPIRED"] if self.is_over(now) else FINAL.get(self.status)

    def shoppers_refusal(self, now: datetime) -> tuple[int, str] | None:
        """What its shopper's change is answered with: a customer's address is that of an open cart alone."""
        is_gone = self.status == "MERGED" or (self.is_owned and self.status in FINAL)
        return NONE if is_gone else self.refusal(now) or (FROZEN if self.is_frozen(now) else None)

    def is_frozen(self, now: datetime) -> bool:
        """Whether a checkout keeps it as it is."""
        return self.frozen_until is not None and now < self.frozen_until

    def freeze(self, checkout: str, span: timedelta, now: datetime) -> None:
        """A checkout begins, or goes on: for two hours from its beginning at most."""
        if self.is_frozen(now):
            assert self.frozen_at is not None
            assert self.frozen_until is not None
            self.frozen_until = max(self.frozen_until, min(now + span, self.frozen_at + timedelta(hours=2)))
        else:
            self.checkout, self.frozen_at, self.frozen_until = checkout, now, now + span
        self.touch(now)

    def touch(self, now: datetime) -> None:
        """A shopper changed it."""
        self.last_activity = now
        if self.status == "ABANDONED":
            self.status = "ACTIVE"
            self.events[CartReactivated] += 1

    def fire(self, now: datetime) -> None:
        """The timers look at it."""
        idle = now - self.last_activity
        if self.status == "ACTIVE" and self.lines and idle >= THRESHOLD and not self.is_frozen(now):
            self.status = "ABANDONED"
            self.events[CartAbandoned] += 1
        if self.status in {"ACTIVE", "ABANDONED"} and idle >= EXPIRATION:
            self.status = "EXPIRED"
            self.events[CartExpired] += 1
