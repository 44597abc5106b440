"""Who changes a cart, and when: pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.base import Actor
from contracts.value import value

from cart.carts.domain.lines import CatalogueVariant
from cart.carts.domain.values import CustomerTerms


@value
class ChangeContext:
    """Who changes the cart and when, a source of fresh ids, and the variants of the product that is asked for.

    `terms` are those of the customer who asks; None for everybody else, who leaves the cart's as they are.
    """

    actor: Actor
    now: datetime
    new_id: Callable[[], UUID]
    variants: Sequence[CatalogueVariant] = ()
    terms: CustomerTerms | None = None
