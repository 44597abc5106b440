"""Whose a list is, on which site, and the link that shows it to others: pure."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeVar
from uuid import UUID

from contracts.base import Event
from contracts.cart import ListChangeKind, ListedProduct
from contracts.envelope import RecordedEvent
from contracts.value import value

from cart import errors
from cart.carts.domain.context import ChangeContext

EventT = TypeVar("EventT", bound=Event)

MAX_LINK_DAYS: Final = 365
LINK_DAYS: Final = 30
"""How long a link opens a list for which nothing else is said."""


@value
class Owner:
    """A customer, or the session of a guest, on one site: exactly one of the two is given.

    `session_hash` is the SHA-256 of the token that opens the guest's cart (rules.md 7).
    """

    site_id: UUID
    customer_id: str | None
    session_hash: bytes | None

    @property
    def kind(self) -> Literal["guest", "customer"]:
        """Who it is, as events say it."""
        return "guest" if self.customer_id is None else "customer"


@value
class ListSite:
    """What of a site its lists obey; `currency` is the shopper's cart's, where they have one."""

    id: UUID
    currency: str
    portal_url: str
    enable_wishlist: bool
    enable_compare: bool
    max_compare_items: int


@value
class Link:
    """A link that opens a list for whoever has it, until `until` or until it is revoked; only its hash is kept."""

    token_hash: bytes
    until: datetime


def link_until(now: datetime, days: int | None) -> datetime:
    """When a link of so many days ends."""
    return now + timedelta(days=days or LINK_DAYS)


@dataclass(slots=True, kw_only=True)
class OwnedList(ABC, Generic[EventT]):
    """One shopper's list on one site, and what a wishlist and a comparison have in common.

    Version 0 is a list that was never saved. `touched` and `removed` are the ids of items to write and to delete,
    `change` what was done since the last save.
    """

    id: UUID
    company_id: UUID
    owner: Owner
    version: int
    link: Link | None
    created_at: datetime
    updated_at: datetime
    touched: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    change: EventT | None = None

    @property
    def event(self) -> RecordedEvent[EventT] | None:
        """What is published of the change; None where nothing was changed."""
        if self.change is None:
            return None
        return RecordedEvent(self.change, self.company_id, self.id, self.version, self.updated_at)

    def require_version(self, expected: int | None) -> None:
        """Raise VersionMismatch for an If-Match with an old version; None expects nothing."""
        if expected is not None and expected != self.version:
            raise errors.VersionMismatch(
                "The list is at version {version}, not {expected}.", version=self.version, expected=expected
            )

    def adopt_owner(self, customer_id: str, context: ChangeContext) -> None:
        """Make a guest's list the customer's, who has none: its link goes on opening it."""
        self.owner = replace(self.owner, customer_id=customer_id, session_hash=None)
        self.record("MERGED_IN", self.listed, context)

    def share(self, link: Link, context: ChangeContext) -> None:
        """Let a link open the list; an earlier one opens nothing any more."""
        self.link = link
        self.record("SHARED", (), context)

    def unshare(self, context: ChangeContext) -> None:
        """Have no link open the list; one that has none stays as it is."""
        if self.link is not None:
            self.link = None
            self.record("UNSHARED", (), context)

    def record(self, kind: ListChangeKind, products: Sequence[ListedProduct], context: ChangeContext) -> None:
        """Raise the version and note what happened, for the event; one change between two saves."""
        self.version += 1
        self.updated_at = context.now
        self.change = self._event(kind, tuple(products), context)

    @property
    @abstractmethod
    def listed(self) -> tuple[ListedProduct, ...]:
        """All that is on it, as events say it."""

    @abstractmethod
    def _event(self, kind: ListChangeKind, products: tuple[ListedProduct, ...], context: ChangeContext) -> EventT:
        """The event of a change, after which the list is as it is now."""
