"""The bundles of a cart as shoppers' routes answer them, beside the lines that are in them."""

from typing import Any

from quote import Quote
from servicekit.languages.sentences import translated

from cart.carts.domain.bundles import BundleGroup
from cart.carts.domain.cart import Cart


def bundles_view(cart: Cart, quote: Quote) -> list[dict[str, Any]]:
    """Each bundle with its lines' ids and what it takes off, before promotions; `price` is for one, if it has one."""
    if not cart.bundles:
        return []
    priced = {bundle.id: bundle for bundle in quote.bundles}
    views = []
    for bundle in cart.whole_bundles():
        lines, of_quote = cart.lines_of(bundle), priced.get(str(bundle.id))
        subtotal = sum(line.unit_price * line.quantity for line in lines)
        discount = of_quote.discount if of_quote else 0
        offered = bundle.offered(cart.currency)
        views.append(
            {
                "groupId": bundle.id,
                "bundleId": bundle.bundle_id,
                "title": bundle.title,
                "imageUrl": bundle.image_url,
                "quantity": bundle.quantity,
                "itemIds": [line.id for line in lines],
                "price": bundle.price,
                "discountBasisPoints": bundle.discount_basis_points or None,
                "subtotal": subtotal,
                "discount": discount,
                "total": subtotal - discount,
                "available": offered is not None,
                "priceChanged": _price_changed(bundle, offered),
            }
        )
    return views


def bundle_notices(cart: Cart) -> list[dict[str, Any]]:
    """What the shopper should know of bundles, each said of its first line."""
    notices = []
    for bundle in cart.whole_bundles() if cart.bundles else ():
        item_id, offered = cart.lines_of(bundle)[0].id, bundle.offered(cart.currency)
        if offered is None:
            message = translated("Sorry, this item is no longer available")
            notices.append({"code": "PRODUCT_UNAVAILABLE", "message": message, "itemId": item_id})
        elif _price_changed(bundle, offered):
            message = translated("The price of this item has changed.")
            notices.append({"code": "PRICE_CHANGED", "message": message, "itemId": item_id})
    return notices


def _price_changed(bundle: BundleGroup, offered: BundleGroup | None) -> dict[str, int] | None:
    """The catalogue's price of now, where it is another than the one that the shopper last saw (rules.md 15)."""
    if offered is None or offered.price is None or bundle.price is None or offered.price == bundle.price:
        return None
    return {"from": bundle.price, "to": offered.price}
