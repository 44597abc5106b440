"""What a cart tells the other services: events built from a change and the quote after it (contracts/cart.py)."""

from datetime import datetime
from uuid import UUID

from contracts.base import Actor, Event
from contracts.cart import (
    AppliedDiscount,
    CartAbandoned,
    CartChange,
    CartContactSet,
    CartConverted,
    CartCreated,
    CartExpired,
    CartMerged,
    CartReactivated,
    CartTotals,
    CartUpdated,
    CompactLine,
    FullLine,
)
from contracts.envelope import RecordedEvent
from quote import Quote

from cart.carts.domain import Change
from cart.carts.model import Cart


def created(cart: Cart, actor: Actor, now: datetime) -> None:
    """Tell that the cart came to be."""
    owner = "customer" if cart.customer_id else "guest"
    _append(cart, CartCreated(site_id=cart.site.id, currency=cart.currency, actor=actor, owner=owner), now)


def updated(cart: Cart, change: Change, quote: Quote, actor: Actor, now: datetime) -> None:
    """Tell what was done to the cart, and how it is now."""
    line = change.line
    event = CartUpdated(
        site_id=cart.site.id,
        currency=cart.currency,
        actor=actor,
        status=cart.status,
        change=CartChange(
            kind=change.kind,
            line_id=line.id if line else None,
            product_id=line.product_id if line else None,
            variant_id=line.variant_id if line else None,
            quantity_delta=change.quantity_delta,
            source=change.source or (line.source if line else None),
        ),
        lines=compact_lines(cart, quote),
        totals=totals_of(quote),
    )
    _append(cart, event, now)


def contact_set(cart: Cart, email: str, consent: bool, locale: str | None, actor: Actor, now: datetime) -> None:
    """Tell recovery the shopper's address: the one event with personal data (rules.md 35)."""
    event = CartContactSet(
        site_id=cart.site.id, currency=cart.currency, actor=actor, email=email, consent=consent, locale=locale
    )
    _append(cart, event, now)


def reactivated(cart: Cart, abandonment_id: UUID, actor: Actor, now: datetime) -> None:
    """Tell that the shopper came back."""
    event = CartReactivated(site_id=cart.site.id, currency=cart.currency, actor=actor, abandonment_id=abandonment_id)
    _append(cart, event, now)


def abandoned(cart: Cart, quote: Quote, now: datetime) -> None:
    """Tell that an idle period passed the threshold, with all that a mail needs but the address."""
    if cart.abandonment_id is None:
        raise ValueError("an abandoned cart has an abandonment id")
    event = CartAbandoned(
        site_id=cart.site.id,
        currency=cart.currency,
        actor="system",
        abandonment_id=cart.abandonment_id,
        last_activity_at=cart.last_activity_at,
        customer_id=cart.customer_id,
        lines=full_lines(cart, quote),
        totals=totals_of(quote),
    )
    _append(cart, event, now)


def expired(cart: Cart, now: datetime) -> None:
    """Tell that the cart's time is over."""
    _append(cart, CartExpired(site_id=cart.site.id, currency=cart.currency, actor="system"), now)


def merged(guest: Cart, into: UUID, strategy: str, now: datetime) -> None:
    """Tell that the guest's cart lives on in another."""
    event = CartMerged(
        site_id=guest.site.id, currency=guest.currency, actor="shopper", into_cart_id=into, strategy=strategy
    )
    _append(guest, event, now)


def converted(cart: Cart, quote: Quote, remaining: UUID | None, actor: Actor, now: datetime) -> None:
    """Tell what was ordered, line by line, at the amounts that were charged."""
    event = CartConverted(
        site_id=cart.site.id,
        currency=cart.currency,
        actor=actor,
        order_id=cart.order_id or "",
        customer_id=cart.customer_id,
        lines=full_lines(cart, quote),
        totals=totals_of(quote),
        discounts=tuple(
            AppliedDiscount(promotion_id=d.promotion_id, name=d.name, amount=d.amount) for d in quote.discounts
        ),
        restored_abandonment_id=cart.restored_abandonment_id,
        remaining_cart_id=remaining,
    )
    _append(cart, event, now)


def totals_of(quote: Quote) -> CartTotals:
    """The quote's sums as the contracts say them."""
    totals = quote.totals
    return CartTotals(
        item_count=totals.item_count,
        subtotal=totals.subtotal,
        discount_total=totals.discount_total,
        shipping_total=totals.shipping_total,
        tax_total=totals.tax_total,
        total=totals.total,
    )


def compact_lines(cart: Cart, quote: Quote) -> tuple[CompactLine, ...]:
    """Every line without its texts."""
    return tuple(
        CompactLine(
            line_id=line.id,
            product_id=line.product_id,
            variant_id=line.variant_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            line_discount=priced.line_discount,
            line_total=priced.line_total,
            source=line.source,
        )
        for line, priced in zip(cart.lines, quote.lines, strict=True)
    )


def full_lines(cart: Cart, quote: Quote) -> tuple[FullLine, ...]:
    """Every line as the shopper saw it."""
    return tuple(
        FullLine(
            line_id=line.id,
            product_id=line.product_id,
            variant_id=line.variant_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            line_discount=priced.line_discount,
            line_total=priced.line_total,
            source=line.source,
            sku=line.sku,
            title=line.title,
            image_url=line.image_url,
            options=line.options,
        )
        for line, priced in zip(cart.lines, quote.lines, strict=True)
    )


def _append(cart: Cart, event: Event, now: datetime) -> None:
    cart.facts.append(RecordedEvent(event, cart.company_id, cart.id, cart.version, now))
