"""The sentences of this service's refusals in other languages than English."""

from contracts.errors import ErrorCode
from servicekit.http.sentences import Sentences

SENTENCES: Sentences = {
    "de": {
        ErrorCode.CART_NOT_FOUND: "Diesen Warenkorb gibt es nicht.",
        ErrorCode.ITEM_NOT_FOUND: "Dieser Artikel ist nicht mehr in Ihrem Warenkorb.",
        ErrorCode.PRODUCT_NOT_FOUND: "Dieses Produkt gibt es nicht.",
        ErrorCode.PRODUCT_UNAVAILABLE: "Dieser Artikel ist leider nicht mehr erhältlich.",
        ErrorCode.ITEM_OUT_OF_STOCK: "Dieser Artikel ist leider nicht mehr erhältlich.",
        ErrorCode.INSUFFICIENT_STOCK: "Davon sind nicht mehr genug auf Lager.",
        ErrorCode.SIZE_REQUIRED: "Bitte wählen Sie zuerst eine Größe.",
        ErrorCode.QUANTITY_LIMIT: "Das ist mehr, als dieser Shop in einem Warenkorb erlaubt.",
        ErrorCode.CART_CONVERTED: "Dieser Warenkorb wurde bereits bestellt.",
        ErrorCode.CART_MERGED: "Dieser Warenkorb wurde mit dem Ihres Kontos vereint.",
        ErrorCode.CART_EXPIRED: "Dieser Warenkorb ist abgelaufen.",
        ErrorCode.CART_EMPTY: "Ihr Warenkorb ist leer.",
        ErrorCode.CURRENCY_MISMATCH: "Dieser Warenkorb hat eine andere Währung.",
        ErrorCode.VERSION_MISMATCH: "Ihr Warenkorb wurde anderswo geändert.",
        ErrorCode.DISCOUNT_INVALID: "Dieser Code ist nicht gültig.",
        ErrorCode.DISCOUNT_EXPIRED: "Dieser Code ist abgelaufen.",
        ErrorCode.DISCOUNT_LIMIT_REACHED: "Dieser Code ist aufgebraucht.",
        ErrorCode.DISCOUNT_NOT_COMBINABLE: "Dieser Code lässt sich nicht mit den anderen verbinden.",
        ErrorCode.INVENTORY_HOLD_FAILED: "Einige Artikel sind nicht mehr in dieser Menge erhältlich.",
        ErrorCode.HOLD_LIMIT: "Sie haben zu viele offene Bestellvorgänge.",
    }
}
