"""One cart's events: each method is something that happened to the cart, and returns the event of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.base import Actor, Event
from contracts.cart import (
    AppliedDiscount,
    CartAbandoned,
    CartChange,
    CartConverted,
    CartCreated,
    CartExpired,
    CartMerged,
    CartReactivated,
    CartStatus,
    CartTotals,
    CartUpdated,
    CartViewed,
    ChangedLine,
    CompactLine,
    FullLine,
)
from contracts.envelope import Envelope, RecordedEvent
from contracts.inventory import HeldLine, HoldPlaced
from contracts.recovery import CartRecovered
from servicekit.ids import new_id
from servicekit.testing import envelope_of

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PRICE = 1250


@dataclass
class CartHistory:
    """One cart's life. Times go on by a minute with each event unless `at` says when."""

    company_id: UUID
    site_id: UUID = field(default_factory=new_id)
    currency: str = "EUR"
    cart_id: UUID = field(default_factory=new_id)
    now: datetime = NOON
    version: int = 0
    lines: dict[UUID, int] = field(default_factory=dict)
    abandonment_id: UUID = field(default_factory=new_id)
    status: CartStatus = "ACTIVE"

    def created(self, at: datetime | None = None, actor: Actor = "shopper") -> Envelope[Any]:
        """An empty cart."""
        return self._envelope_of(CartCreated(**self._common(actor), owner="guest"), at)

    def viewed(self, at: datetime | None = None, actor: Actor = "shopper") -> Envelope[Any]:
        """Somebody looked."""
        return self._envelope_of(CartViewed(**self._common(actor)), at)

    def added(
        self, product: UUID | None = None, quantity: int = 1, at: datetime | None = None, actor: Actor = "shopper"
    ) -> Envelope[Any]:
        """A product was added."""
        product = product or new_id()
        self.lines[product] = self.lines.get(product, 0) + quantity
        change = CartChange(kind="ITEM_ADDED", product_id=product, variant_id=product, quantity_delta=quantity)
        return self._updated(change, at, actor)

    def changed(self, deltas: dict[UUID, int], at: datetime | None = None) -> Envelope[Any]:
        """Several lines were changed at once."""
        for product, delta in deltas.items():
            self.lines[product] = self.lines.get(product, 0) + delta
        lines = tuple(
            ChangedLine(line_id=product, product_id=product, variant_id=product, quantity_delta=delta)
            for product, delta in deltas.items()
        )
        change = CartChange(kind="ITEM_ADDED", quantity_delta=sum(deltas.values()), lines=lines)
        return self._updated(change, at, "shopper")

    def cleared(self, at: datetime | None = None) -> Envelope[Any]:
        """Everything was taken out again."""
        self.lines.clear()
        return self._updated(CartChange(kind="CLEARED"), at, "shopper")

    def held(self, at: datetime | None = None) -> Envelope[Any]:
        """Checkout was entered: stock is held."""
        lines = tuple(HeldLine(variant_id=product, sku="SKU", quantity=n) for product, n in self.lines.items())
        moment = at or self._next()
        hold = HoldPlaced(cart_id=self.cart_id, site_id=self.site_id, lines=lines, expires_at=moment)
        return self._envelope(hold, new_id(), 1, moment)

    def abandoned(self, at: datetime | None = None) -> Envelope[Any]:
        """It lay idle for too long."""
        self.abandonment_id, self.status = new_id(), "ABANDONED"
        event = CartAbandoned(
            **self._common("system"),
            abandonment_id=self.abandonment_id,
            last_activity_at=self.now,
            customer_id="customer-7",
            lines=self._full_lines(),
            totals=self._totals(),
        )
        return self._envelope_of(event, at)

    def reactivated(self, at: datetime | None = None) -> Envelope[Any]:
        """The shopper came back."""
        self.status = "ACTIVE"
        return self._envelope_of(CartReactivated(**self._common("shopper"), abandonment_id=self.abandonment_id), at)

    def merged(self, at: datetime | None = None) -> Envelope[Any]:
        """It became part of another cart."""
        return self._envelope_of(CartMerged(**self._common("shopper"), into_cart_id=new_id(), strategy="larger"), at)

    def expired(self, at: datetime | None = None) -> Envelope[Any]:
        """Nobody came back for a month."""
        return self._envelope_of(CartExpired(**self._common("system")), at)

    def converted(
        self, at: datetime | None = None, actor: Actor = "shopper", discounts: tuple[AppliedDiscount, ...] = ()
    ) -> Envelope[Any]:
        """It was ordered."""
        event = CartConverted(
            **self._common(actor),
            order_id=f"order-{self.cart_id}",
            customer_id="customer-7",
            lines=self._full_lines(),
            totals=self._totals(),
            discounts=discounts,
        )
        return self._envelope_of(event, at)

    def recovered(self, at: datetime | None = None, attribution: str = "recovered") -> Envelope[Any]:
        """The conversion is attributed to recovery."""
        event = CartRecovered.model_validate(
            {
                "site_id": self.site_id,
                "cart_id": self.cart_id,
                "abandonment_id": self.abandonment_id,
                "attribution": attribution,
                "order_id": f"order-{self.cart_id}",
                "currency": self.currency,
                "revenue": self._totals().total,
            }
        )
        return self._envelope(event, new_id(), 1, at or self._next())

    def _updated(self, change: CartChange, at: datetime | None, actor: Actor) -> Envelope[Any]:
        lines = tuple(CompactLine.model_validate(line.model_dump()) for line in self._full_lines())
        event = CartUpdated(
            **self._common(actor), change=change, status=self.status, lines=lines, totals=self._totals()
        )
        return self._envelope_of(event, at)

    def _common(self, actor: Actor) -> dict[str, Any]:
        return {"site_id": self.site_id, "currency": self.currency, "actor": actor}

    def _full_lines(self) -> tuple[FullLine, ...]:
        return tuple(
            FullLine(
                line_id=product,
                product_id=product,
                variant_id=product,
                quantity=quantity,
                unit_price=PRICE,
                line_discount=0,
                line_total=PRICE * quantity,
                sku="SKU",
                title="A mug",
            )
            for product, quantity in self.lines.items()
        )

    def _totals(self) -> CartTotals:
        count = sum(self.lines.values())
        total = PRICE * count
        return CartTotals(
            item_count=count, subtotal=total, discount_total=0, shipping_total=0, tax_total=0, total=total
        )

    def _next(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def _envelope_of(self, event: Event, at: datetime | None) -> Envelope[Any]:
        self.version += 1
        return self._envelope(event, self.cart_id, self.version, at or self._next())

    def _envelope(self, event: Event, aggregate: UUID, version: int, at: datetime) -> Envelope[Any]:
        return envelope_of(RecordedEvent(event, self.company_id, aggregate, version, at))
