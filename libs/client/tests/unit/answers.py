"""Answers as Cartwheel gives them."""

from typing import Any
from uuid import UUID

COMPANY = UUID("01900000-0000-7000-8000-000000000001")
CART = UUID("01900000-0000-7000-8000-000000000002")
PRODUCT = UUID("01900000-0000-7000-8000-000000000003")
ITEM = UUID("01900000-0000-7000-8000-000000000004")
TOKEN = "f" * 64
NOW = "2026-11-28T12:00:00Z"


_TOTALS = (
    *("itemCount", "subtotal", "discountTotal", "shippingTotal", "taxTotal"),
    *("giftCardTotal", "pointsTotal", "total"),
)
_LISTS = ("items", "savedItems", "discounts", "rejectedCodes", "giftCards", "notices")


def cart(**changed: Any) -> dict[str, Any]:
    """An empty cart, as each of its routes answers it."""
    return {
        **{"id": str(CART), "companyId": str(COMPANY), "siteId": str(COMPANY), "customerId": None},
        **{"status": "ACTIVE", "currency": "USD", "version": 1, "pricing": "final"},
        **{"totals": dict.fromkeys(_TOTALS, 0), **{name: [] for name in _LISTS}},
        **{"freeShipping": None, "hold": None, "createdAt": NOW, "updatedAt": NOW, "expiresAt": NOW},
        **changed,
    }


def new_guest_cart() -> dict[str, Any]:
    """A cart with its session token, as creating one answers it."""
    return cart(sessionToken=TOKEN)
