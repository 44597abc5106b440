"""The Cart that every shopper's route answers (api.md, "Shapes"), written straight from the model and its quote."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from quote import Quote, Reason
from quote.result import QuoteLine
from servicekit.languages.sentences import translated

from cart.carts.bundle_view import bundle_notices, bundles_view
from cart.carts.domain.cart import Cart
from cart.carts.domain.lines import Line
from cart.carts.domain.merging import MergeChange
from cart.carts.domain.pricing import pricing_time
from cart.carts.domain.values import HoldReplica
from cart.sentences import MERGE_CHANGES, REJECTED_CODES

_APPLY_AGAIN = "APPLY_AGAIN"
"""Why a code takes nothing off: the time for which pricing's answer holds is over."""


def cart_view(cart: Cart, quote: Quote, now: datetime) -> dict[str, Any]:
    """The cart as JSON values; `CartView` in schemas.py documents it, and a contract test holds the two together."""
    totals = quote.totals
    free = quote.free_shipping
    lines = [_line_view(line, priced, cart) for line, priced in zip(cart.lines, quote.lines, strict=True)]
    return {
        "id": cart.id,
        "companyId": cart.company_id,
        "siteId": cart.site.id,
        "customerId": cart.customer_id,
        "status": cart.status,
        "currency": cart.currency,
        "version": cart.version,
        "items": lines,
        "bundles": bundles_view(cart, quote),
        "savedItems": saved_items_view(cart),
        "discounts": [
            {"code": d.code, "promotionId": d.promotion_id, "name": d.name, "amount": d.amount} for d in quote.discounts
        ],
        "rejectedCodes": _rejected(cart, quote, now),
        "giftCards": [],
        "address": cart.destination.address.document() if cart.destination else None,
        "shippingOption": _shipping_option(quote),
        "pricing": quote.pricing,
        "totals": {
            "itemCount": totals.item_count,
            "subtotal": totals.subtotal,
            "discountTotal": totals.discount_total,
            "shippingTotal": totals.shipping_total,
            "taxTotal": totals.tax_total,
            "giftCardTotal": totals.gift_card_total,
            "pointsTotal": totals.points_total,
            "total": totals.total,
        },
        "freeShipping": {"remaining": free.remaining, "reached": free.reached} if free else None,
        "hold": hold_view(cart.hold, now),
        "frozenUntil": freeze.until if (freeze := cart.freeze_at(now)) else None,
        "notices": [
            *_shipping_notices(cart, quote),
            *_code_notices(quote),
            *bundle_notices(cart),
            *(notice for line in cart.lines for notice in _notices(line, cart)),
        ],
        "createdAt": cart.created_at,
        "updatedAt": cart.updated_at,
        "expiresAt": cart.expires_at,
    }


def saved_items_view(cart: Cart) -> list[dict[str, Any]]:
    """What is saved for later, at the catalogue's price of now; no discounts and taxes are worked out for it."""
    return [_saved_line_view(line, cart) for line in cart.saved_lines]


def _saved_line_view(line: Line, cart: Cart) -> dict[str, Any]:
    price = line.catalogue_price(cart.currency)
    unit_price = line.unit_price if price is None else price
    compare_at = line.catalogue.compare_at_prices.get(cart.currency) if line.catalogue else line.compare_at_price
    amount = unit_price * line.quantity
    unquoted = QuoteLine(
        str(line.id), line.quantity, unit_price, amount, line_discount=0, line_tax=0, line_total=amount
    )
    return {**_line_view(line, unquoted, cart), "unitPrice": unit_price, "compareAtPrice": compare_at}


def merge_changes_view(changes: Sequence[MergeChange]) -> list[dict[str, Any]]:
    """What a merge changed, line by line, each with its reason in words (rules.md 11)."""
    return [
        {
            "itemId": change.line_id,
            "sku": change.sku,
            "kind": change.kind,
            "from": change.from_,
            "to": change.to,
            "reason": change.reason,
            "message": translated(MERGE_CHANGES[change.reason]),
        }
        for change in changes
    ]


def _shipping_option(quote: Quote) -> dict[str, Any] | None:
    """The way to ship that is charged, chosen or not."""
    shipping = quote.shipping
    return None if shipping is None else {"id": shipping.rule_id, "name": shipping.name, "amount": shipping.total}


def _shipping_notices(cart: Cart, quote: Quote) -> list[dict[str, Any]]:
    """The way to ship that was chosen is not offered any more, so that another one is charged."""
    if cart.shipping_option_id is None or quote.shipping is None or quote.shipping.rule_id == cart.shipping_option_id:
        return []
    message = translated("The chosen way of shipping is no longer offered.")
    return [{"code": "SHIPPING_OPTION_UNAVAILABLE", "message": message, "itemId": None}]


def price_now(line: Line, currency: str) -> int | None:
    """The catalogue's price of now, where it differs from the one the shopper last saw (rules.md 15)."""
    price = line.catalogue_price(currency)
    return None if price == line.unit_price else price


def _line_view(line: Line, priced: QuoteLine, cart: Cart) -> dict[str, Any]:
    left = line.catalogue.left if line.catalogue else None
    available = line.catalogue is not None and line.catalogue.active
    new_price = price_now(line, cart.currency)
    return {
        "id": line.id,
        "productId": line.product_id,
        "variantId": line.variant_id,
        "sku": line.sku,
        "title": line.title,
        "imageUrl": line.image_url,
        "options": line.options,
        "quantity": line.quantity,
        "unitPrice": line.unit_price,
        "compareAtPrice": line.compare_at_price,
        "lineSubtotal": priced.line_subtotal,
        "lineDiscount": priced.line_discount,
        "lineTax": priced.line_tax,
        "lineTotal": priced.line_total,
        "bundleGroupId": line.bundle_group_id,
        "source": line.source,
        "meta": line.meta,
        "rental": line.rental,
        "availability": {"inStock": available and (left is None or left > 0), "left": left},
        "priceChanged": None if new_price is None else {"from": line.unit_price, "to": new_price},
    }


def _rejected(cart: Cart, quote: Quote, now: datetime) -> list[dict[str, str]]:
    rejected = [(one.code, one.reason.value) for one in quote.rejected_codes]
    rejected += [(code.code, _APPLY_AGAIN) for code in cart.codes if code.expires_at <= pricing_time(cart, now)]
    return [
        {"code": code, "reason": reason, "message": translated(REJECTED_CODES[reason])} for code, reason in rejected
    ]


def hold_view(hold: HoldReplica | None, now: datetime) -> dict[str, Any] | None:
    """The cart's newest hold; one past its time is EXPIRED before inventory has published it."""
    if hold is None:
        return None
    over = hold.status == "ACTIVE" and hold.expires_at is not None and hold.expires_at <= now
    return {"status": "EXPIRED" if over else hold.status, "expiresAt": hold.expires_at}


def _notices(line: Line, cart: Cart) -> list[dict[str, Any]]:
    if line.catalogue is None or not line.catalogue.active:
        return [_notice("PRODUCT_UNAVAILABLE", translated("Sorry, this item is no longer available"), line)]
    notices = []
    left = line.catalogue.left
    if left is not None and left < line.quantity:
        notices.append(_stock_notice(left, line))
    if price_now(line, cart.currency) is not None:
        notices.append(_notice("PRICE_CHANGED", translated("The price of this item has changed."), line))
    return notices


def _stock_notice(left: int, line: Line) -> dict[str, Any]:
    if left == 0:
        return _notice("ITEM_OUT_OF_STOCK", translated("Sorry, this item is no longer available"), line)
    return _notice("INSUFFICIENT_STOCK", translated("Only {available} left in stock.", available=left), line)


def _code_notices(quote: Quote) -> list[dict[str, Any]]:
    return [
        {
            "code": "CODE_WITHDRAWN",
            "message": translated("The code {code} is no longer valid.", code=rejected.code),
            "itemId": None,
        }
        for rejected in quote.rejected_codes
        if rejected.reason is Reason.WITHDRAWN
    ]


def _notice(code: str, message: str, line: Line) -> dict[str, Any]:
    return {"code": code, "message": message, "itemId": line.id}
