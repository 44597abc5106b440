"""What a link shows, and what could not be copied, written straight from the model."""

from collections.abc import Sequence
from typing import Any

from servicekit.languages.sentences import translated

from cart.sentences import NOT_COPIED
from cart.sharing.domain.copying import LeftOut
from cart.sharing.domain.links import SharedCart, SharedItem


def shared_cart_view(cart: SharedCart) -> dict[str, Any]:
    """The cart as everybody may see it who has the link; `SharedCartView` documents it."""
    items = [_item_view(item, cart.currency) for item in cart.items]
    return {
        "currency": cart.currency,
        "expiresAt": cart.expires_at,
        "itemCount": sum(item.quantity for item in cart.items),
        "subtotal": sum(item["lineSubtotal"] or 0 for item in items),
        "items": items,
    }


def _item_view(item: SharedItem, currency: str) -> dict[str, Any]:
    price, variant = item.price_in(currency), item.variant
    left = variant.left if variant else None
    return {
        "productId": item.product_id,
        "variantId": item.variant_id,
        "sku": item.sku,
        "title": item.title,
        "imageUrl": item.image_url,
        "options": variant.options if variant else {},
        "quantity": item.quantity,
        "unitPrice": price,
        "compareAtPrice": variant.compare_at_prices.get(currency) if variant and price is not None else None,
        "lineSubtotal": None if price is None else price * item.quantity,
        "availability": {"inStock": price is not None and (left is None or left > 0), "left": left},
    }


def left_out_view(left_out: Sequence[LeftOut]) -> list[dict[str, Any]]:
    """What could not be copied, each with its reason in words."""
    return [
        {
            "productId": one.item.product_id,
            "variantId": one.item.variant_id,
            "sku": one.item.sku,
            "title": one.item.title,
            "requested": one.item.quantity,
            "copied": one.copied,
            "reason": one.reason,
            "message": translated(NOT_COPIED[one.reason]),
        }
        for one in left_out
    ]
