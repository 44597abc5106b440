"""HTTP bodies of links."""

from datetime import datetime
from typing import Any, Self

from contracts.cart import FullLine
from contracts.cart_calls import CartRestored, RestoreChange
from contracts.money import MinorUnits
from servicekit.http.bodies import View

from recovery.links.domain.tokens import LinkPayload
from recovery.recoveries.domain import Recovery


class LinkedCart(View):
    """What waits behind a link, as it was abandoned; amounts in minor units of `currency`."""

    item_count: int
    total: MinorUnits
    currency: str
    items: list[FullLine]


class LinkView(View):
    """A link that works, and until when."""

    valid: bool
    expires_at: datetime | None
    cart: LinkedCart

    @classmethod
    def of(cls, link: LinkPayload, recovery: Recovery) -> Self:
        """The view of a verified link."""
        cart = LinkedCart(
            item_count=recovery.item_count,
            total=recovery.total,
            currency=recovery.currency,
            items=list(recovery.lines),
        )
        return cls(valid=True, expires_at=link.expires_at, cart=cart)


class RestoredView(View):
    """The restored cart, a session token of this visitor's own (null for a customer's cart), and what has changed.

    A change's `kind` is price, quantity, removed or unavailable; `from` and `to` are minor units or counts.
    """

    cart: dict[str, Any]
    session_token: str | None = None
    changes: list[RestoreChange]

    @classmethod
    def of(cls, restored: CartRestored) -> Self:
        """The view of what cart answered."""
        return cls(cart=dict(restored.cart), session_token=restored.session_token, changes=list(restored.changes))


class UnsubscribedView(View):
    """The answer to RFC 8058's one-click POST."""

    unsubscribed: bool
