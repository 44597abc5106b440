"""What a caller requests of one cart, and under which conditions."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from contracts.base import Actor
from contracts.value import value
from servicekit.db import TenantUnit
from servicekit.db.idempotency_keys import StoredAnswer
from servicekit.http.answers import Answer
from servicekit.http.idempotency_key import IdempotencyKey
from servicekit.ids import new_id

from cart.carts.domain.context import ChangeContext
from cart.carts.domain.records import Updated
from cart.carts.domain.values import CustomerTerms
from cart.carts.persistence.selectors import Selector

Beside = Callable[[TenantUnit, Updated], Awaitable[None]]
"""What else is written in the transaction of a change, of which it is given the record; its refusal undoes both."""


@value
class ChangeRequest:
    """Whose cart is to be changed, by whom and when, at which version (If-Match), under which idempotency key.

    `terms` are what the token of the customer who asks says; None for all others.
    `beside` is written after the cart, and under its lock.
    """

    selector: Selector
    actor: Actor
    now: datetime
    expected_version: int | None = None
    key: IdempotencyKey | None = None
    terms: CustomerTerms | None = None
    beside: Beside | None = None

    @property
    def context(self) -> ChangeContext:
        """Who changes the cart and when, as its methods take it."""
        return ChangeContext(self.actor, self.now, new_id, terms=self.terms)

    def replay(self, stored: StoredAnswer | None) -> Answer | None:
        """What this request was answered before; None the first time, and when it was begun and not finished.

        Raises IdempotencyKeyReused422 for another request's key.
        """
        if stored is None or self.key is None:
            return None
        if stored.status is None and stored.request_hash == self.key.request_hash:
            return None
        return self.key.replay(stored)
