"""Events of the upsell service; the aggregate is one recommendation made to one cart."""

from typing import ClassVar, Literal
from uuid import UUID

from contracts.base import Event

UpsellBasis = Literal["pairs", "best_sellers", "catalogue"]


class UpsellEvent(Event):
    """Fields every upsell event has."""

    aggregate: ClassVar[str] = "recommendation"
    site_id: UUID
    cart_id: UUID
    basis: UpsellBasis


class UpsellShown(UpsellEvent):
    """Products were recommended to a cart."""

    type: ClassVar[str] = "upsell.shown.v1"
    product_ids: tuple[UUID, ...]


class UpsellAdded(UpsellEvent):
    """A recommended product was added to the cart."""

    type: ClassVar[str] = "upsell.added.v1"
    product_id: UUID


class UpsellDismissed(UpsellEvent):
    """A recommended product was waved away and is not shown to this cart again."""

    type: ClassVar[str] = "upsell.dismissed.v1"
    product_id: UUID
