"""The events that a cart publishes: what its methods recorded, with the quote after it (contracts/cart.py). Pure."""

from uuid import UUID

from contracts.base import Event
from contracts.cart import (
    AppliedDiscount,
    BundleInCart,
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
    ChangedLine,
    ChargedShipping,
    ChargedTax,
    CompactLine,
    FullLine,
)
from contracts.envelope import RecordedEvent
from quote import Quote

from cart.carts.domain.cart import Cart
from cart.carts.domain.pricing import PricedCart
from cart.carts.domain.records import (
    Abandoned,
    ContactSet,
    Converted,
    Created,
    Expired,
    Merged,
    Reactivated,
    Recorded,
    Updated,
)


def events_of(priced: PricedCart) -> list[RecordedEvent[Event]]:
    """Everything that the cart recorded since it was saved, in order, at its version and its moment."""
    cart, quote = priced.cart, priced.quote
    return [
        RecordedEvent(_event(what, cart, quote), cart.company_id, cart.id, cart.version, cart.updated_at)
        for what in cart.recorded
    ]


def _event(what: Recorded, cart: Cart, quote: Quote) -> Event:
    match what:
        case Updated():
            return _updated(what, cart, quote)
        case Abandoned():
            return _abandoned(what, cart, quote)
        case Converted():
            return _converted(what, cart, quote)
        case _:
            return _without_quote(what, cart)


def _without_quote(what: Created | ContactSet | Reactivated | Expired | Merged, cart: Cart) -> Event:
    site_id, currency, actor = cart.site.id, cart.currency, cart.changed_by
    match what:
        case Created():
            owner = "customer" if cart.customer_id else "guest"
            return CartCreated(site_id=site_id, currency=currency, actor=actor, owner=owner)
        case ContactSet(contact):
            return CartContactSet(
                site_id=site_id,
                currency=currency,
                actor=actor,
                address_sealed=contact.address_sealed,
                consent=contact.consent,
                locale=contact.locale,
            )
        case Reactivated(ended):
            return CartReactivated(site_id=site_id, currency=currency, actor=actor, abandonment_id=ended)
        case Expired():
            return CartExpired(site_id=site_id, currency=currency, actor=actor)
        case Merged(into, strategy):
            return CartMerged(site_id=site_id, currency=currency, actor=actor, into_cart_id=into, strategy=strategy)


def _updated(what: Updated, cart: Cart, quote: Quote) -> CartUpdated:
    """What was done to the cart, and how it is now."""
    line = what.line
    return CartUpdated(
        site_id=cart.site.id,
        currency=cart.currency,
        actor=cart.changed_by,
        status=cart.status,
        change=CartChange(
            kind=what.kind,
            line_id=line.id if line else None,
            product_id=line.product_id if line else None,
            variant_id=line.variant_id if line else None,
            quantity_delta=what.quantity_delta,
            source=what.source or (line.source if line else None),
            lines=tuple(
                ChangedLine(
                    line_id=one.line.id,
                    product_id=one.line.product_id,
                    variant_id=one.line.variant_id,
                    quantity_delta=one.quantity_delta,
                    source=one.source or one.line.source,
                )
                for one in what.lines
            ),
        ),
        lines=compact_lines(cart, quote),
        totals=totals_of(quote),
        bundles=_bundles(quote),
    )


def _abandoned(what: Abandoned, cart: Cart, quote: Quote) -> CartAbandoned:
    """An idle period passed the threshold, with all that a mail needs but the address."""
    return CartAbandoned(
        site_id=cart.site.id,
        currency=cart.currency,
        actor=cart.changed_by,
        abandonment_id=what.abandonment_id,
        last_activity_at=cart.last_activity_at,
        lines=full_lines(cart, quote),
        totals=totals_of(quote),
    )


def _converted(what: Converted, cart: Cart, quote: Quote) -> CartConverted:
    """What was ordered, line by line, at the amounts that were charged."""
    to = cart.destination.address if cart.destination else None
    return CartConverted(
        site_id=cart.site.id,
        currency=cart.currency,
        actor=cart.changed_by,
        order_id=cart.order_id or "",
        lines=full_lines(cart, quote),
        totals=totals_of(quote),
        discounts=tuple(
            AppliedDiscount(promotion_id=d.promotion_id, name=d.name, amount=d.amount) for d in quote.discounts
        ),
        restored_abandonment_id=cart.restored_abandonment_id,
        remaining_cart_id=what.remaining_cart_id,
        country=to.country if to else None,
        state=to.state if to else None,
        shipping=_charged_shipping(quote),
        taxes=tuple(
            ChargedTax(name=tax.name, type=tax.type, rate_ppm=tax.rate_ppm, amount=tax.amount) for tax in quote.taxes
        ),
        bundles=_bundles(quote),
    )


def _bundles(quote: Quote) -> tuple[BundleInCart, ...]:
    return tuple(
        BundleInCart(
            group_id=UUID(bundle.id),
            bundle_id=bundle.bundle_id,
            title=bundle.name,
            quantity=bundle.quantity,
            discount=bundle.discount,
        )
        for bundle in quote.bundles
    )


def _charged_shipping(quote: Quote) -> ChargedShipping | None:
    shipping = quote.shipping
    if shipping is None:
        return None
    return ChargedShipping(rule_id=shipping.rule_id, name=shipping.name, amount=shipping.total)


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
            bundle_group_id=line.bundle_group_id,
        )
        for line, priced in zip(cart.lines, quote.lines, strict=True)
    )


def full_lines(cart: Cart, quote: Quote) -> tuple[FullLine, ...]:
    """Every line as the shopper saw it, without options of the shopper's own (rules.md 37)."""
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
            options=line.catalogue_options,
            bundle_group_id=line.bundle_group_id,
        )
        for line, priced in zip(cart.lines, quote.lines, strict=True)
    )
