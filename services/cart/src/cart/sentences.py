"""What a cart says of itself in words, beside its errors; the translations are in `locales`."""

from collections.abc import Mapping
from typing import Final

from quote import Reason

REJECTED_CODES: Final[Mapping[str, str]] = {
    Reason.NOT_STARTED: "This code is not valid yet.",
    Reason.ENDED: "This code has expired.",
    Reason.WITHDRAWN: "This code is no longer valid.",
    Reason.OTHER_SITE: "This code is for another shop.",
    Reason.OTHER_CURRENCY: "This code is for another currency.",
    Reason.OTHER_CUSTOMER_GROUP: "This code is for other customers.",
    Reason.NOT_FIRST_ORDER: "This code is for a first order only.",
    Reason.NOTHING_COVERED: "This code does not cover anything in your cart.",
    Reason.MIN_QUANTITY: "There are too few items in your cart for this code.",
    Reason.MIN_SUBTOTAL: "The value of your cart is too low for this code.",
    Reason.NO_EFFECT: "This code takes nothing off this cart.",
    Reason.BEATEN_IN_LANE: "Another discount saves you more.",
    Reason.EXCLUSIVE_STANDS_ALONE: "This code cannot be combined with another discount.",
    Reason.STACK_IS_BETTER: "The other discounts together save you more.",
    "APPLY_AGAIN": "Please enter this code again.",
}

MERGE_CHANGES: Final[Mapping[str, str]] = {
    "larger": "We kept the larger quantity.",
    "sum": "We added the quantities of both carts.",
    "guest_wins": "We kept the quantity from before you signed in.",
    "customer_wins": "We kept the quantity of your account's cart.",
    "maxQuantityPerLine": "This shop allows no more of one item.",
    "maxLines": "There was no room for another item in your cart.",
    "maxNotes": "There was no room for more notes in your cart.",
    "from the guest's cart": "This item is from before you signed in.",
    "catalogue": "The price of this item has changed.",
}

NOT_COPIED: Final[Mapping[str, str]] = {
    "NEEDS_CHOICE": "Please choose this item's options on its own page.",
    "PRODUCT_UNAVAILABLE": "Sorry, this item is no longer available",
    "ITEM_OUT_OF_STOCK": "Sorry, this item is no longer available",
    "INSUFFICIENT_STOCK": "There are not enough left in stock.",
    "QUANTITY_LIMIT": "That is more than this shop allows in one cart.",
}

COPY_CHANGES: Final[Mapping[str, str]] = {
    "ALREADY_THERE": "This item is on your list already.",
    "NO_ROOM": "There was no room for another item on your list.",
    "UNAVAILABLE": "Sorry, this item is no longer available",
}
"""Why a product of a shared list was not copied."""
