"""The sentences of inventory's refusals in other languages than English."""

from servicekit.http.sentences import Sentences

from inventory import errors

SENTENCES: Sentences = {
    "de": {
        errors.ProductNotFound.code: "Wir konnten dieses Produkt nicht finden.",
        errors.HoldFailed.code: "Einige Artikel sind in dieser Menge nicht mehr verfügbar.",
        errors.HoldLimitReached.code: "Sie haben zu viele offene Bestellvorgänge.",
        errors.HoldOver.code: "Die Zeit für diese Bestellung ist abgelaufen.",
    }
}
