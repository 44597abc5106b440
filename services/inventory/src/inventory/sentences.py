"""What inventory says in other languages than English."""

from contracts.errors import ErrorCode
from servicekit.http.sentences import Sentences

SENTENCES: Sentences = {
    "de": {
        ErrorCode.PRODUCT_NOT_FOUND: "Wir konnten dieses Produkt nicht finden.",
        ErrorCode.INVENTORY_HOLD_FAILED: "Einige Artikel sind in dieser Menge nicht mehr verfügbar.",
        ErrorCode.HOLD_LIMIT: "Sie haben zu viele offene Bestellvorgänge.",
        ErrorCode.HOLD_EXPIRED: "Die Zeit für diese Bestellung ist abgelaufen.",
    }
}
